package record;

import java.net.URI;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Sends what would leave this machine to the stub: without a region this SDK asks sts.amazonaws.com whatever the endpoint setting says. */
public final class StubForJavaV2 implements ExecutionInterceptor {
    @Override
    public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        SdkHttpRequest request = context.httpRequest();
        URI stub = Machine.stub();
        if (stub == null || !request.host().endsWith(".amazonaws.com")) return request;
        return request.toBuilder().protocol(stub.getScheme()).host(stub.getHost()).port(stub.getPort()).build();
    }
}
