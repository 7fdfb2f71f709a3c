import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prints the events of a capture: java -cp jna.jar Decode.java LIBRARY < capture */
public class Decode {
    /** The functions of wxsub.h. Long has as many bits as size_t on machines of 64 bits. */
    interface Wxsub extends Library {
        Pointer wxsub_extract(byte[] bytes, long len, int lang);

        void wxsub_free(Pointer json);
    }

    /** Returns the JSON for a capture. */
    static String extract(Wxsub wxsub, byte[] capture) {
        Pointer json = wxsub.wxsub_extract(capture, capture.length, 0);
        try {
            return json.getString(0, "UTF-8");
        } finally {
            wxsub.wxsub_free(json);
        }
    }

    public static void main(String[] args) throws IOException {
        Wxsub wxsub = Native.load(args[0], Wxsub.class);
        String json = extract(wxsub, System.in.readAllBytes());
        // A program has a library for JSON.
        Matcher record = Pattern.compile("\"event\":\"(\\w+)\".*?\"from_user\":\"([^\"]*)\"").matcher(json);
        while (record.find()) {
            System.out.println(record.group(1) + " " + record.group(2));
        }
    }
}
