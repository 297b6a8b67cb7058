using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Protocols.Otlp.Transport;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>
/// The ports that OpenTelemetry's exporters look for, beside the host's own addresses: they take exports and nothing else. One that is only the default and is
/// taken, as by a Collector, is left out with a warning.
/// </summary>
internal sealed partial class OtlpListeners(IServiceProvider services, IConfiguration configuration, ILogger<OtlpListeners> logger) : IStartupFilter
{
    private const int StreamWindowBytes = 1 << 20;
    private const int ConnectionWindowBytes = 8 << 20;

    // Exporters send metrics once a minute, and an export must not begin on a connection that is being closed.
    private static readonly TimeSpan _keepAlive = TimeSpan.FromMinutes(10);

    private readonly Lazy<List<Address>> _addresses = new(() => Find(services, configuration, logger));

    /// <summary>Sets up the ports' protocols, and adds them where the host's own addresses are endpoints of Kestrel's configuration.</summary>
    public void Configure(KestrelServerOptions kestrel)
    {
        if (_addresses.Value.Count == 0)
        {
            return;
        }

        kestrel.Limits.KeepAliveTimeout = _keepAlive;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        if (HasEndpoints)
        {
            foreach (Address address in _addresses.Value)
            {
                kestrel.Listen(Listener.EndPointOf(address.Binding), options =>
                {
                    options.Protocols = address.Protocols;
                    if (address.Binding.Scheme == "https")
                    {
                        options.UseHttps();
                    }
                });
            }
        }
        else
        {
            kestrel.ConfigureEndpointDefaults(options =>
            {
                if (FindPort(options.IPEndPoint?.Port) is { } address)
                {
                    options.Protocols = address.Protocols;
                }
            });
        }
    }

    /// <summary>Adds the ports to the host's addresses, and the step that takes nothing but exports on them.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (!HasEndpoints && app.ServerFeatures.Get<IServerAddressesFeature>()?.Addresses is { IsReadOnly: false } addresses)
        {
            foreach (Address address in _addresses.Value)
            {
                addresses.Add(address.Binding.ToString());
            }
        }

        if (_addresses.Value.Count > 0)
        {
            app.Use(TakeExportsOnlyAsync);
        }

        next(app);
    };

    private bool HasEndpoints => configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

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

    private Address? FindPort(int? port) => _addresses.Value.FirstOrDefault(address => address.Binding.Port == port && port > 0);

    private static List<Address> Find(IServiceProvider services, IConfiguration configuration, ILogger logger)
    {
        OtlpOptions options = services.GetUnvalidated<OtlpOptions>();
        List<Address> found = [];
        Add(nameof(OtlpOptions.Http), options.Http, HttpProtocols.Http1AndHttp2);
        Add(nameof(OtlpOptions.Grpc), options.Grpc, HttpProtocols.Http2);
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
