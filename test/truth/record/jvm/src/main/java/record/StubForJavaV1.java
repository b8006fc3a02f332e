package record;

import com.amazonaws.Request;
import com.amazonaws.handlers.RequestHandler2;

/** Sends what would leave this machine to the stub: this SDK knows no setting for the endpoint. */
public final class StubForJavaV1 extends RequestHandler2 {
    @Override
    public void beforeRequest(Request<?> request) {
        if (Machine.isAws(request.getEndpoint().getHost())) request.setEndpoint(Machine.stub());
    }
}
