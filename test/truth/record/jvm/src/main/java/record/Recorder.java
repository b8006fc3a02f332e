package record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks one of the real SDKs for the JVM which credential it uses: {@code java … record.Recorder java-v2|java-v1|kotlin}. One
 * state per line comes in, one answer per line goes out (the protocol stands in ../record.ts). All states share one JVM, whose
 * environment, working directory and user.home are made anew for each, as are the SDK's memories (see each SDK's class).
 */
public final class Recorder {
    /** What an SDK answers: never a secret key. */
    record Answer(String accessKeyId, String sessionToken, String source) {}

    interface Sdk {
        /** Forgets what the SDK remembers of states before, and asks its default chain once. */
        Answer ask(String profile) throws Exception;

        /** The class that is asked. */
        Class<?> asked();
    }

    private static final int SECONDS_PER_STATE = 60;
    private static final int LONGEST = 900;

    public static void main(String[] arguments) throws Exception {
        Sdk sdk = switch (arguments.length > 0 ? arguments[0] : "") {
            case "java-v2" -> new JavaV2();
            case "java-v1" -> new JavaV1();
            case "kotlin" -> new KotlinSdk();
            default -> throw new IllegalArgumentException("record.Recorder java-v2|java-v1|kotlin [--version]");
        };
        if (arguments.length == 2) {
            System.out.println(arguments[0] + " " + versionOf(sdk.asked()));
            return;
        }
        // Some characters beyond ASCII would end a line to the reader.
        ObjectMapper json = new ObjectMapper().configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, true);
        PrintStream out = System.out;
        // Whatever an SDK prints itself is no answer.
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isBlank()) continue;
            JsonNode state = json.readTree(line);
            Map<String, String> environment = new LinkedHashMap<>();
            state.get("env").fields().forEachRemaining(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
            String cwd = state.get("cwd").asText();
            Machine.become(environment, cwd);
            ObjectNode answer = json.createObjectNode();
            answer.set("id", state.get("id"));
            ask(sdk, state.get("profile").isNull() ? null : state.get("profile").asText(), answer);
            out.write((json.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        System.exit(0);
    }

    /** As the name of its archive tells it. */
    private static String versionOf(Class<?> asked) {
        Matcher name = Pattern.compile("-(\\d[\\w.]*)\\.jar$").matcher(asked.getProtectionDomain().getCodeSource().getLocation().getPath());
        return name.find() ? name.group(1) : "unknown";
    }

    /** Without what an SDK tells of itself and of all its files, and without what differs from run to run. */
    private static String shortened(String message) {
        String text = message
            // Java tells relative paths from where it was started.
            .replace(System.getProperty("user.dir"), System.getProperty("user.home"))
            .replaceAll("AwsCredentialsProviderChain\\(credentialsProviders=\\[.*?\\]\\) : ", "")
            .replaceAll("(\\w*ProfileCredentialsProvider)\\(profileName=.*?\\): (?=[^,]*)", "$1: ")
            .replaceAll(": ProfileFile\\(.*?\\)\\](?:\\)\\])?\\)", "")
            .replaceAll("(?:SystemProperty|EnvironmentVariable|SystemProperties)CredentialsProvider(?:\\(\\))?: Unable[^,]*?, ", "")
            .replaceAll("WebIdentityTokenFileCredentialsProvider\\(\\): Either the environment[^,]*?, ", "")
            .replaceAll("WebIdentityTokenCredentialsProvider: You must specify a value for roleArn and roleSessionName, ", "")
            .replaceAll("; ProviderConfigurationException: Missing value for (?:system property|environment variable) `[^`]*`", "")
            .replaceAll("; ProviderConfigurationException: Required field `\\w+` could not[^;]*", "")
            .replaceAll("@[0-9a-f]{5,8}\\b", "")
            .replaceAll("\\s+", " ");
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }

    private static void ask(Sdk sdk, String profile, ObjectNode answer) throws InterruptedException {
        answer.putNull("accessKeyId").putNull("sessionToken").putNull("source").putNull("error");
        Object[] found = new Object[1];
        Thread thread = new Thread(() -> {
            try {
                found[0] = sdk.ask(profile);
            } catch (Throwable failure) {
                found[0] = failure;
            }
        });
        thread.setDaemon(true);
        thread.start();
        thread.join(SECONDS_PER_STATE * 1000L);
        if (found[0] instanceof Answer given) {
            answer.put("accessKeyId", given.accessKeyId()).put("sessionToken", given.sessionToken()).put("source", given.source());
        } else if (found[0] instanceof Throwable failure) {
            StringBuilder error = new StringBuilder(failure.getClass().getSimpleName()).append(": ").append(failure.getMessage());
            // The SDK for Kotlin tells here why each of its sources failed.
            for (Throwable one : failure.getSuppressed()) {
                error.append("; ").append(one.getClass().getSimpleName()).append(": ").append(one.getMessage());
                if (one.getCause() != null) error.append(" (").append(one.getCause().getClass().getSimpleName()).append(": ").append(one.getCause().getMessage()).append(')');
            }
            answer.put("error", shortened(error.toString()));
        } else {
            answer.put("error", "TimeoutError: no answer in " + SECONDS_PER_STATE + " seconds");
        }
    }
}
