// What kotlinx.coroutines 1.3 and newer have. Debian has 1.0.1.
package kotlinx.coroutines.flow

import kotlin.coroutines.CoroutineContext
import kotlin.experimental.ExperimentalTypeInference
import kotlinx.coroutines.withContext

interface FlowCollector<in T> {
    suspend fun emit(value: T)
}

interface Flow<out T> {
    suspend fun collect(collector: FlowCollector<T>)

    /** Newer compilers make a collector of the function. */
    suspend fun collect(action: suspend (T) -> Unit) = collect(Calling(action))
}

private class Calling<in T>(private val action: suspend (T) -> Unit) : FlowCollector<T> {
    override suspend fun emit(value: T) = action(value)
}

@UseExperimental(ExperimentalTypeInference::class)
fun <T> flow(@BuilderInference block: suspend FlowCollector<T>.() -> Unit): Flow<T> = object : Flow<T> {
    override suspend fun collect(collector: FlowCollector<T>) = collector.block()
}

fun <T> Flow<T>.flowOn(context: CoroutineContext): Flow<T> = object : Flow<T> {
    override suspend fun collect(collector: FlowCollector<T>) = withContext(context) { this@flowOn.collect(collector) }
}
