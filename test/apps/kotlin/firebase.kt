// The part of Firebase App Check that the documents use.
package com.google.firebase

object Firebase
