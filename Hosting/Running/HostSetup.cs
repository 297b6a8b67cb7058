using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Running;

/// <summary>What every host has: configuration, limits of the HTTP server, errors, health, metrics.</summary>
public static class HostSetup
{
    public const string DefaultAddress = "http://127.0.0.1:5080";

    // Bodies of requests other than pushes are a few hundred bytes; the ingest endpoint sets its own limit.
    private const long SmallBodyBytes = 1 << 20;

    // Leaves two of the ten seconds that a stop may take for the log's last flush and the process itself.
    private static readonly TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan _headersTimeout = TimeSpan.FromSeconds(15);

    // Longer than the pause of agents that push once a minute.
    private static readonly TimeSpan _keepAliveTimeout = TimeSpan.FromSeconds(130);

    private static readonly TimeSpan _shortestBodyPause = TimeSpan.FromSeconds(2);

    // Lines of a request end with CR and LF. What a proxy before it takes for one request, because of a bare LF, would be two here (RFC 9112 §11.2).
    private const string NoBareLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    // Settings are read at the start only. Watching for changes would also watch the storage directory below, and wake up with every write to the log.
    private const string ReadOnce = "--hostBuilder:reloadConfigOnChange=false";

    private static readonly Dictionary<string, string?> _logging = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",

        // It has nothing to say above that level, but gives each request an activity with ids of its own for what is logged.
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",

        // A warning with a stack trace for each connection that is cut: whoever is cut must not fill the log.
        ["Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel"] = "Error",

        // It prints a stack trace when the start fails; the host says in a sentence why.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
        // Authentication handlers would log every request that they refuse.
        ["Logging:LogLevel:TimeSeries.*Handler"] = "Warning",

        // When nothing can be stored, the host says so itself; that its own samples wait or are dropped is counted.
        ["Logging:LogLevel:TimeSeries.Agent"] = "Error",

        // Files are those of the build. Looking for others would take every path, so that a wrong method were a wrong path.
        ["ReloadStaticAssetsAtRuntime"] = "false",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-ddTHH:mm:ss.fffZ ",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
    };

    /// <summary>A builder with everything that does not depend on what the host is for.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="serviceName">What the host is called where its own metrics and traces arrive.</param>
    /// <param name="readsSettings">Whether settings come from files and the environment too, not from the command line alone.</param>
    /// <param name="program">The assembly whose static files are served; null where there are none.</param>
    public static WebApplicationBuilder CreateBuilder(
        string[] args, string serviceName = "timeseries", bool readsSettings = true, Assembly? program = null)
    {
        AppContext.SetSwitch(NoBareLineFeeds, true);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = [ReadOnce, .. args],
            ApplicationName = program?.GetName().Name,

            // Published files lie beside the program, wherever it is started.
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        if (!readsSettings)
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddCommandLine(args);
        }

        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = _logging });
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (program is not null)
        {
            // Built without being published, assets of packages lie where the manifest beside the program says.
            builder.WebHost.UseStaticWebAssets();
        }

        builder.WebHost.ConfigureKestrel(SetLimits);

        // A request runs where its bytes were received, which is one wake-up less.
        builder.WebHost.UseSockets(options => options.UnsafePreferInlineScheduling = true);
        if (!HasAddress(builder.Configuration))
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        IServiceCollection services = builder.Services;

        // The slim builder sets a formatter after it has read the one that is configured.
        services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName = builder.Configuration["Logging:Console:FormatterName"]);
        services.AddOptions<HostStart>().Configure(start => start.Arguments.AddRange(args)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HostStart>, ArgumentRule>();
        services.AddSection(StorageOptions.Section, new StorageOptions.Validator());
        services.AddSection(WalOptions.Section, new WalOptions.Validator(), WalOptions.FormerSection);
        services.AddSection(ProjectListOptions.Section, new ProjectListOptions.Validator());
        services.AddSection<AlertHistoryOptions>(AlertHistoryOptions.Section);
        services.AddSection<MetricsOptions>(MetricsOptions.Section);
        services.AddSection(HttpOptions.Section, new HttpOptions.Validator());
        services.AddOptions<KestrelServerOptions>()
            .Configure<IServiceProvider>(static (kestrel, host) => SetLimits(kestrel, host.GetUnvalidated<HttpOptions>()));
        services.AddOptions<SocketTransportOptions>().Configure<IServiceProvider>(static (sockets, host) =>
            sockets.CreateBoundListenSocket = endpoint => UserTimeout.CreateListener(endpoint, host.GetUnvalidated<HttpOptions>().ReadPause));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Terminal(Console.Out));
        services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = _shutdownTimeout);
        TelemetrySetup.Add(services, builder.Configuration, serviceName);
        services.AddHostedService<Banner>();
        services.AddHostedService<ProjectWarnings>().AddHostedService<ProjectReload>();
        services.AddSingleton<RefusedRequests>().AddHostedService(provider => provider.GetRequiredService<RefusedRequests>());
        services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPool>();
        AuthenticationSetup.Add(services);
        OpenApiEndpoints.Add(services);
        AddCompression(services);
        services.AddCors();
        return builder;
    }

    /// <summary>Sets up the outer steps of every request: compression, errors, CORS.</summary>
    public static WebApplication UseHostDefaults(this WebApplication app)
    {
        TelemetrySetup.Start(app.Services);
        UseProxies(app, app.Services.GetUnvalidated<HttpOptions>());
        app.UseResponseCompression();
        app.UseMiddleware<ProblemFallback>();
        CrossOrigin.Use(app, app.Services.GetUnvalidated<HttpOptions>().CorsOrigins);
        return app;
    }

    /// <summary>Sets up authentication and authorization, and the endpoints that every host has. Call after all other steps.</summary>
    public static WebApplication MapHostDefaults(this WebApplication app)
    {
        AuthenticationSetup.Use(app);
        app.MapRead("/healthz", HealthEndpoints.RespondHealthAsync);
        app.MapRead("/readyz", HealthEndpoints.RespondReadinessAsync);
        MetricsEndpoint.Map(app);
        OpenApiEndpoints.Map(app);
        return app;
    }

    private static void UseProxies(WebApplication app, HttpOptions http)
    {
        System.Net.IPNetwork[] trusted = [.. http.TrustedProxies.Select(TrustedProxy.Find).OfType<System.Net.IPNetwork>()];
        if (trusted.Length > 0)
        {
            // All hops that are trusted, however many.
            ForwardedHeadersOptions options = new()
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
                ForwardLimit = null,
            };
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (System.Net.IPNetwork network in trusted)
            {
                options.KnownIPNetworks.Add(network);
            }

            app.UseForwardedHeaders(options);
        }

        // Routes are found behind it. One that isn't valid is told when the host starts.
        if (http.PathBase.StartsWith('/'))
        {
            app.UsePathBase(http.PathBase);
            app.UseRouting();
        }
    }

    private static void SetLimits(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = SmallBodyBytes;
        options.Limits.RequestHeadersTimeout = _headersTimeout;
        options.Limits.KeepAliveTimeout = _keepAliveTimeout;
    }

    // The server is made before its options are validated, and takes no shorter pause.
    private static void SetLimits(KestrelServerOptions kestrel, HttpOptions http)
    {
        long? most = DescriptorLimit.Connections();
        kestrel.Limits.MaxConcurrentConnections = http.MaxConnections > 0 ? Math.Min(http.MaxConnections, most ?? long.MaxValue) : most;
        TimeSpan pause = http.BodyPause > _shortestBodyPause ? http.BodyPause : _shortestBodyPause;
        kestrel.Limits.MinRequestBodyDataRate = http.MinBodyRate <= 0 ? null : new MinDataRate(http.MinBodyRate, pause);
    }

    private static bool HasAddress(ConfigurationManager configuration) =>
        configuration["urls"] is { Length: > 0 } || configuration["http_ports"] is { Length: > 0 } || configuration["https_ports"] is { Length: > 0 }
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    private static void AddCompression(IServiceCollection services)
    {
        services.AddResponseCompression(options =>
        {
            options.MimeTypes =
                [.. ResponseCompressionDefaults.MimeTypes, Problem.ContentType, MessagePackMedia.ContentType, "application/x-ndjson", "text/csv"];

            // Compression over TLS can leak secrets that are beside what an attacker chose; no response of ours holds a secret.
            options.EnableForHttps = true;
        });
        services.AddSingleton<IResponseCompressionProvider, LongResponseCompression>();
    }
}

/// <summary>Compresses responses on demand, but not those that are short: they would grow.</summary>
internal sealed class LongResponseCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    private const long ShortResponseBytes = 1_000;

    public override bool ShouldCompressResponse(HttpContext context) =>
        !(context.Response.ContentLength <= ShortResponseBytes) && base.ShouldCompressResponse(context);
}
