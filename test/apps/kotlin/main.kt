import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.json.JSONArray
import org.json.JSONObject

/** Each line of the input is an address, a token and a model: the text of a chat, or the code of its refusal, is a line of the output. */
fun main() = runBlocking {
    generateSequence { readLine() }.toList().map { line ->
        async(Dispatchers.IO) {
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
            text
        }
    }.forEach { println(it.await()) }
}
