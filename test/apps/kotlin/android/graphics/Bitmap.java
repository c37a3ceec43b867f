package android.graphics;

public class Bitmap {
    public enum CompressFormat { JPEG, PNG }
    public boolean compress(CompressFormat format, int quality, java.io.OutputStream stream) { return false; }
}
