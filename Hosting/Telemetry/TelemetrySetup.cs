using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.Telemetry;

/// <summary>
/// The host's own metrics and traces, carried by OpenTelemetry: metrics for Prometheus always, and both by OTLP where the variables of its specification
/// name an endpoint, in the environment or in a settings file. With none no span is made, not even ASP.NET Core's own.
/// </summary>
internal static class TelemetrySetup
{
    // Every family with every status that it answers; the memory for them is taken at once.
    private const int SeriesPerInstrument = 200;

    private const string OtlpMetrics = "otlp";

    /// <summary>Adds what carries metrics and traces.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">Where OpenTelemetry's variables are.</param>
    /// <param name="serviceName">What the host is called where they arrive, unless a variable says otherwise.</param>
    public static void Add(IServiceCollection services, IConfiguration configuration, string serviceName)
    {
        string instance = Guid.NewGuid().ToString();
        services.AddSingleton<HostInstruments>();
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(static metrics => metrics.AddPrometheusExporter(LikeBefore));
        services.ConfigureOpenTelemetryMeterProvider(Observe);
        OtlpSignal all = new(configuration, "");
        OtlpSignal onlyMetrics = new(configuration, "METRICS_");
        OtlpSignal onlyTraces = new(configuration, "TRACES_");
        foreach (OtlpSignal signal in (ReadOnlySpan<OtlpSignal>)[all, onlyMetrics, onlyTraces])
        {
            services.AddSingleton<IValidateOptions<HostStart>>(signal);
        }

        if ((onlyMetrics.Endpoint ?? all.Endpoint) is not null)
        {
            services.AddKeyedSingleton(OtlpMetrics, (provider, _) => BuildOtlpMetrics(provider, configuration, onlyMetrics, Describe));
        }

        if ((onlyTraces.Endpoint ?? all.Endpoint) is not null)
        {
            telemetry.WithTracing(traces => traces.AddSource(Tracing.SourceName, "Microsoft.AspNetCore").AddOtlpExporter(onlyTraces.Apply));
        }

        // The variables go before our names.
        void Describe(ResourceBuilder resource) => resource
            .AddService(serviceName, serviceVersion: HostVersion.Text, serviceInstanceId: instance)
            .AddEnvironmentVariableDetector();
    }

    /// <summary>Begins to collect. Measurements made before would be lost.</summary>
    public static void Start(IServiceProvider services)
    {
        services.GetRequiredService<MeterProvider>();
        services.GetKeyedService<MeterProvider>(OtlpMetrics);
        services.GetService<TracerProvider>();
        services.GetRequiredService<HostInstruments>();
    }

    // A provider of its own: collecting for one exporter would change what another is just reading, and the samples' counts would not add up there.
    private static MeterProvider BuildOtlpMetrics(IServiceProvider host, IConfiguration configuration, OtlpSignal signal, Action<ResourceBuilder> describe)
    {
        MeterProviderBuilder metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(describe)
            .AddOtlpExporter(signal.Apply);
        Observe(host, metrics);
        return metrics.Build();
    }

    private static void Observe(IServiceProvider host, MeterProviderBuilder metrics) =>
        metrics.AddMeter("TimeSeries.*").AddView(instrument => StreamOf(instrument, host));

    // Two hosts in one process must not mix: each has a factory of its own.
    private static MetricStreamConfiguration StreamOf(Instrument instrument, IServiceProvider host) =>
        !ReferenceEquals(instrument.Meter.Scope, host.GetRequiredService<IMeterFactory>())
            || host.GetServices<HiddenMetrics>().Any(hidden => hidden.Prefixes.Any(prefix => instrument.Name.StartsWith(prefix, StringComparison.Ordinal)))
        ? MetricStreamConfiguration.Drop : new MetricStreamConfiguration
        {
            CardinalityLimit = host.GetServices<SeriesLimit>()
                .FirstOrDefault(limit => instrument.Name.StartsWith(limit.Instruments, StringComparison.Ordinal))?.Count ?? SeriesPerInstrument,
        };

    // Series, names and labels are what they were before OpenTelemetry, and every scrape is of now.
    private static void LikeBefore(PrometheusAspNetCoreOptions options)
    {
        options.ScopeInfoEnabled = false;
        options.TargetInfoEnabled = false;
        options.ScrapeResponseCacheDurationMilliseconds = 0;
    }
}

/// <summary>How many series instruments may have whose names begin so. Others have a few hundred; what is beyond a limit is added up in one series.</summary>
/// <param name="Instruments">How their names begin.</param>
/// <param name="Count">Most series of each.</param>
public sealed record SeriesLimit(string Instruments, int Count);

/// <summary>Instruments of parts that the host is not configured with: they are not served.</summary>
/// <param name="Prefixes">How their names begin.</param>
public sealed record HiddenMetrics(ImmutableArray<string> Prefixes);

/// <summary>
/// Where the hosts' spans begin. Nobody listens unless OTLP is configured: then <see cref="ActivitySource.StartActivity(string, ActivityKind)"/> returns null
/// and allocates nothing. Tags name projects, kinds and numbers, never tokens, bodies or texts of samples. Thread safe.
/// </summary>
public static class Tracing
{
    public const string SourceName = "TimeSeries";

    public static ActivitySource Source { get; } = new(SourceName);
}
