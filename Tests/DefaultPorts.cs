using NUnit.Framework;

namespace TimeSeries.Tests;

/// <summary>
/// Hosts of tests run side by side, so that they listen on no ports but those that a test gives them. Those that nobody looks at make no keys for sessions.
/// </summary>
[SetUpFixture]
public sealed class DefaultPorts
{
    [OneTimeSetUp]
    public void LeaveOut()
    {
        Environment.SetEnvironmentVariable("Otlp__Http", "");
        Environment.SetEnvironmentVariable("Otlp__Grpc", "");
        Environment.SetEnvironmentVariable("Ui__Enabled", "false");
    }
}
