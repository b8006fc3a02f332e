package record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

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
    }

    private static final int SECONDS_PER_STATE = 60;

    public static void main(String[] arguments) throws Exception {
        Sdk sdk = switch (arguments.length == 1 ? arguments[0] : "") {
            case "java-v2" -> new JavaV2();
            case "java-v1" -> new JavaV1();
            case "kotlin" -> new KotlinSdk();
            default -> throw new IllegalArgumentException("record.Recorder java-v2|java-v1|kotlin");
        };
        ObjectMapper json = new ObjectMapper();
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
            answer.put("error", failure.getClass().getSimpleName() + ": " + failure.getMessage());
        } else {
            answer.put("error", "TimeoutError: no answer in " + SECONDS_PER_STATE + " seconds");
        }
    }
}
