//! Calls one operation of STS with the real AWS SDK for Rust and prints its error as programs do.

use aws_sdk_sts::error::DisplayErrorContext;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_config::from_env().region("us-east-1").http_client(http).load().await;
        let client = aws_sdk_sts::Client::new(&config);
        client.get_caller_identity().send().await
    });
    let Err(error) = done else { return Ok(()) };
    match arguments[4].as_str() {
        "display" => eprintln!("Error: {error}"),
        "context" => eprintln!("Error: {}", DisplayErrorContext(&error)),
        "debug" => eprintln!("{error:?}"),
        "pretty" => eprintln!("{error:#?}"),
        _ => return Err(error.into()),
    }
    Ok(())
}
