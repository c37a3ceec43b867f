package okhttp3.MediaType.Companion

import okhttp3.MediaType

fun String.toMediaType(): MediaType = MediaType.get(this)
