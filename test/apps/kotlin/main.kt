import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.json.JSONArray
import org.json.JSONObject

/** Each line of the input is an address, a token and a model; of the output, the text of a chat or why not. */
fun main() = runBlocking {
    // As many at a time as there are threads for calls that block.
    generateSequence { readLine() }.chunked(50).forEach { lines ->
        lines.map { line -> async(Dispatchers.IO) { answerTo(line) } }.forEach { println(it.await()) }
    }
}

private suspend fun answerTo(line: String): String {
    val (base, token, model) = line.split(" ")
    val messages = JSONArray().put(JSONObject().put("role", "user").put("content", "hi"))
    var text = ""
    try {
        Cedalion(base) { ClientSecret(token, 10_000_000_000) }
            .chat(JSONObject().put("model", model).put("messages", messages))
            .collect { text += it }
    } catch (error: Refused) {
        text = error.code
    }
    return text
}
