// Names of OkHttp 4 and newer for what OkHttp 3, which Debian has, calls otherwise.
import okhttp3.Response
import okhttp3.ResponseBody

val Response.code: Int get() = code()
val Response.body: ResponseBody? get() = body()
