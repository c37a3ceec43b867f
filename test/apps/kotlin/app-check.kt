package com.google.firebase.appcheck

import com.google.firebase.Firebase

class AppCheckToken(val token: String)
class Task<T>(val result: T)
class FirebaseAppCheck {
    fun getAppCheckToken(forceRefresh: Boolean): Task<AppCheckToken> = Task(AppCheckToken("$forceRefresh"))
}

val Firebase.appCheck: FirebaseAppCheck get() = FirebaseAppCheck()
