using TimeSeries.Core.Log;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Transport;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp;

/// <summary>Registers what OpenTelemetry's exporters need here.</summary>
internal static class OtlpSetup
{
    public static void Add(IServiceCollection services)
    {
        services.AddSection(OtlpOptions.Section, new OtlpOptions.Validator());
        services.AddSingleton<JoinTables>();
        services.AddSingleton<SignalLedger>();
        services.AddSingleton<OtlpReceiver>();
        services.AddHostedService<JoinStart>();
        services.AddProtocol<OtlpHttpProtocol>(OtlpHttpProtocol.Paths);
        services.AddProtocol<OtlpGrpcProtocol>(isRemoteCall: true, OtlpGrpcProtocol.Paths);
        services.AddSingleton(new SideRoute([], "/v1/{**path}", OtlpHttpProtocol.RefusePathAsync));
        services.AddSingleton(new SideRoute([], "/v1development/{**path}", OtlpHttpProtocol.RefusePathAsync));
        services.AddSingleton<IStartupFilter, OtlpListeners>();
        services.AddSingleton<IApiDescription, OtlpDescription>();
    }

    /// <summary>
    /// Shows the counts from the start on, and whether calls were forgotten that waited for their transaction when the host ended without a stop.
    /// </summary>
    private sealed class JoinStart(WriteAheadLog log, JoinTables joins, SignalLedger ledger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ledger.Show();
            joins.Restarts = log.End.Offset > 0 && log.Noted.Position != log.End.Offset ? 1 : 0;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
