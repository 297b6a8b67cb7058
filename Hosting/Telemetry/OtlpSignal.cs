using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Telemetry;

/// <summary>What OpenTelemetry's variables say of one signal. The SDK reads those for all signals by itself.</summary>
internal sealed class OtlpSignal : IValidateOptions<HostStart>
{
    private readonly string _endpointKey;
    private readonly string? _endpointText;
    private readonly string? _headers;
    private readonly OtlpExportProtocol? _protocol;

    /// <param name="configuration">Where the variables are.</param>
    /// <param name="signal">The signal as their names have it, like <c>TRACES_</c>; empty for all.</param>
    public OtlpSignal(IConfiguration configuration, string signal)
    {
        string prefix = "OTEL_EXPORTER_OTLP_" + signal;
        _endpointKey = prefix + "ENDPOINT";
        _endpointText = configuration[_endpointKey];
        _headers = configuration[prefix + "HEADERS"];
        _protocol = configuration[prefix + "PROTOCOL"] switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => null,
        };
        Endpoint = Uri.TryCreate(_endpointText, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https" ? endpoint : null;
    }

    /// <summary>Where the signal goes; null when the variables of this signal don't say.</summary>
    public Uri? Endpoint { get; }

    /// <summary>Sets what is said of this signal in place of what is said of all.</summary>
    public void Apply(OtlpExporterOptions options)
    {
        options.Protocol = _protocol ?? options.Protocol;
        options.Headers = _headers ?? options.Headers;
        if (Endpoint is not null)
        {
            options.Endpoint = Endpoint;
        }
    }

    // The SDK would pass over a wrong one without a word. It is not shown, since it may have a password.
    public ValidateOptionsResult Validate(string? name, HostStart options) =>
        Endpoint is not null || string.IsNullOrWhiteSpace(_endpointText) ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{_endpointKey}: is no http or https URL, like http://127.0.0.1:4318.");
}
