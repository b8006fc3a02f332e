package record;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.lang.reflect.Field;
import java.net.URI;
import java.util.Map;

/** Lets this one JVM be another machine for each state. */
final class Machine {
    private Machine() {}

    /** The C library's own view, which child processes and relative paths go by. */
    private interface C extends Library {
        C LIBRARY = Native.load("c", C.class);

        int clearenv();

        int setenv(String name, String value, int overwrite);

        int chdir(String path);
    }

    private static final String[] PROPERTIES_OF_SDKS = {"aws.", "software.amazon."};

    /** Makes exactly these variables the environment, and the directory the working directory and the user's home. */
    static void become(Map<String, String> environment, String directory) throws ReflectiveOperationException {
        C.LIBRARY.clearenv();
        environment.forEach((name, value) -> C.LIBRARY.setenv(name, value, 1));
        if (C.LIBRARY.chdir(directory) != 0) throw new IllegalStateException("no such directory: " + directory);
        Map<String, String> seen = environmentOfJava();
        seen.clear();
        seen.putAll(environment);
        System.setProperty("user.home", directory);
        for (String name : System.getProperties().stringPropertyNames()) {
            for (String prefix : PROPERTIES_OF_SDKS) if (name.startsWith(prefix)) System.clearProperty(name);
        }
    }

    /** Where the stub listens: at the state's endpoint, else at the usual port of the recorder's network namespace. */
    static URI stub() {
        for (String name : new String[] {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
            String text = System.getenv(name);
            // Nobody listens at port 9.
            if (text != null && text.matches("http://127\\.0\\.0\\.1:\\d{2,}/?\\s*")) return URI.create(text.trim());
        }
        return URI.create("http://127.0.0.1:80");
    }

    /** Whether a call to this host would leave the machine. */
    static boolean isAws(String host) {
        return host.contains(".amazonaws.") || host.matches(".*(?:\\.aws|\\.amazon\\.com|\\.gov|\\.uk|\\.scloud|example\\.com)");
    }

    /** The map behind System.getenv, which writes through to what ProcessBuilder starts from. */
    @SuppressWarnings("unchecked")
    private static Map<String, String> environmentOfJava() throws ReflectiveOperationException {
        Field inner = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
        inner.setAccessible(true);
        return (Map<String, String>) inner.get(System.getenv());
    }

    /** Sets a static field, a final one too. Methods that read such a field must not be compiled (see recorders.ts). */
    static void setStatic(String type, String name, Object value) throws ReflectiveOperationException {
        Field handle = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        handle.setAccessible(true);
        sun.misc.Unsafe unsafe = (sun.misc.Unsafe) handle.get(null);
        Field field = Class.forName(type).getDeclaredField(name);
        unsafe.putObject(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), value);
    }

    static Object staticField(String type, String name) throws ReflectiveOperationException {
        Field field = Class.forName(type).getDeclaredField(name);
        field.setAccessible(true);
        return field.get(null);
    }

    static void setField(Object of, Class<?> type, String name, Object value) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        field.set(of, value);
    }

}
