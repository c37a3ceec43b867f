package okhttp3.RequestBody.Companion

import okhttp3.MediaType
import okhttp3.RequestBody

fun String.toRequestBody(type: MediaType? = null): RequestBody = RequestBody.create(type, this)
fun ByteArray.toRequestBody(type: MediaType? = null): RequestBody = RequestBody.create(type, this)
