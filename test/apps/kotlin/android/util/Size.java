package android.util;
public class Size {
    public int getWidth() { return 0; }
    public int getHeight() { return 0; }
}
