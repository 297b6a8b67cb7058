using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Protocols.Otlp.Transport;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>
/// The ports that OpenTelemetry's exporters look for, beside the host's own addresses: they take exports and nothing else. One that is only the default and is
/// taken, as by a Collector, is left out with a warning.
/// </summary>
internal sealed partial class OtlpListeners(
    IConfiguration configuration, IOptions<KestrelServerOptions> kestrel, IOptions<OtlpOptions> options, ILogger<OtlpListeners> logger) : IStartupFilter
{
    private const int StreamWindowBytes = 1 << 20;
    private const int ConnectionWindowBytes = 8 << 20;

    // Exporters send metrics once a minute, and an export must not begin on a connection that is being closed.
    private static readonly TimeSpan _keepAlive = TimeSpan.FromMinutes(10);

    private List<Address> _addresses = [];

    /// <summary>Adds the ports to the host's addresses, and the step that takes nothing but exports on them. Runs at the start: it tries ports.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        _addresses = Find();
        if (_addresses.Count > 0)
        {
            SetLimits(kestrel.Value.Limits);
            Listen(kestrel.Value, app.ServerFeatures.Get<IServerAddressesFeature>()?.Addresses);
            app.Use(TakeExportsOnlyAsync);
        }

        next(app);
    };

    private static void SetLimits(KestrelServerLimits limits)
    {
        limits.KeepAliveTimeout = _keepAlive;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
    }

    // Where the host's own addresses are endpoints of Kestrel's configuration, Kestrel listens on no others.
    private void Listen(KestrelServerOptions server, ICollection<string>? hostAddresses)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            foreach (Address address in _addresses)
            {
                server.Listen(Listener.EndPointOf(address.Binding), endpoint =>
                {
                    endpoint.Protocols = address.Protocols;
                    if (address.Binding.Scheme == "https")
                    {
                        endpoint.UseHttps();
                    }
                });
            }

            return;
        }

        server.ConfigureEndpointDefaults(endpoint =>
        {
            if (FindPort(endpoint.IPEndPoint?.Port) is { } address)
            {
                endpoint.Protocols = address.Protocols;
            }
        });
        if (hostAddresses is { IsReadOnly: false })
        {
            foreach (Address address in _addresses)
            {
                hostAddresses.Add(address.Binding.ToString());
            }
        }
    }

    private Task TakeExportsOnlyAsync(HttpContext context, RequestDelegate next)
    {
        if (FindPort(context.Connection.LocalPort) is null)
        {
            return next(context);
        }

        PathString path = context.Request.Path;
        bool isExport = OtlpGrpcProtocol.Paths.Contains(path.Value!)
            || path.StartsWithSegments("/v1") || path.StartsWithSegments("/v1development");
        return isExport ? next(context)
            : OtlpGrpcProtocol.IsGrpc(context.Request) ? OtlpGrpcProtocol.RefusePathAsync(context)
            : OtlpHttpProtocol.RefusePathAsync(context);
    }

    private Address? FindPort(int? port) => _addresses.Find(address => address.Binding.Port == port && port > 0);

    private List<Address> Find()
    {
        List<Address> found = [];
        Add(nameof(OtlpOptions.Http), options.Value.Http, HttpProtocols.Http1AndHttp2);
        Add(nameof(OtlpOptions.Grpc), options.Value.Grpc, HttpProtocols.Http2);
        return found;

        void Add(string name, string text, HttpProtocols protocols)
        {
            string key = $"{OtlpOptions.Section}:{name}";

            // What is no address is told when the options are validated.
            if (text.Length == 0 || !Listener.TryParse(text, out BindingAddress? binding))
            {
                return;
            }

            if (configuration[key] is null && Listener.FindFault(binding) is { } fault)
            {
                LogLeftOut(logger, text, fault, key);
                return;
            }

            found.Add(new Address(binding, protocols));
        }
    }

    [LoggerMessage(2020, LogLevel.Warning,
        "OTLP is not taken on {Address}: {Fault}. Choose another with --{Key}=http://127.0.0.1:port, or none with --{Key}=.")]
    private static partial void LogLeftOut(ILogger logger, string address, string fault, string key);

    private sealed record Address(BindingAddress Binding, HttpProtocols Protocols);
}
