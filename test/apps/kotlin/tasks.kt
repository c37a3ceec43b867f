package kotlinx.coroutines.tasks

import com.google.firebase.appcheck.Task

suspend fun <T> Task<T>.await(): T = result
