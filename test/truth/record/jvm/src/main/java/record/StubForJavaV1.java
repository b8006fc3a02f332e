package record;

import com.amazonaws.Request;
import com.amazonaws.handlers.RequestHandler2;
import java.net.URI;

/** Sends what would leave this machine to the stub: this SDK knows no setting for the endpoint. */
public final class StubForJavaV1 extends RequestHandler2 {
    @Override
    public void beforeRequest(Request<?> request) {
        URI stub = Machine.stub();
        if (stub != null && request.getEndpoint().getHost().endsWith(".amazonaws.com")) request.setEndpoint(stub);
    }
}
