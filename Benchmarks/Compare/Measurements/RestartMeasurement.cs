using System.Text;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>
/// Measures a start on a full folder whose server was killed with half a head in memory: from exec of the built binary until <c>/readyz</c> is 200 and a first
/// query is answered.
/// </summary>
internal sealed class RestartMeasurement(CompareContext context, string folder)
{
    private const int Rounds = 5;
    private const int Connections = 4;
    private const int BatchSamples = 10_000;

    // About half of what is sealed at once.
    private const long HeadSamples = 500_000;

    // Sealing and merging go on between: the folder is looked at this often.
    private static readonly TimeSpan _burst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _ask = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _readyTimeout = TimeSpan.FromMinutes(5);

    public void Run()
    {
        long samples = Fill();
        string binary = Binary();
        Start(binary, ReportNames.WithWarmUp);
        Start(binary, ReportNames.WithoutWarmUp, "--Start:WarmUp=false");
        context.Metrics.Note(
            ReportNames.Restart,
            $"{Path.GetFileName(binary)} on {MeasuredServer.BlockBytes(folder):N0} bytes of blocks and "
                + $"{FolderBytes.Of(Path.Combine(folder, "data", "log")):N0} bytes of log, killed (SIGKILL) before each start; {samples:N0} samples were "
                + "pushed since the last seal, so that a head is replayed. "
            + "The first query is /open/api/json/transaction over the whole day. Files are in the page cache.");
    }

    // Enough blocks, then a head that is not sealed, then the kill.
    private long Fill()
    {
        using MeasuredServer server = new(context.Options.Server, folder);
        while (MeasuredServer.BlockBytes(folder) < context.Options.RestartBytes)
        {
            OurLoad.Run(context, server, SampleForm.Columns, Connections, BatchSamples, _burst);
            context.Progress.Say($"restart {MeasuredServer.BlockBytes(folder) / 1e9:F1} GB of blocks");
        }

        return new DayPush(server.Address, MeasuredServer.Token, context.Stop).Transactions(new MeasuredDay(HeadSamples));
    }

    private void Start(string binary, string name, params string[] settings)
    {
        LatencyHistogram ready = new();
        LatencyHistogram answered = new();
        for (int round = 1; round <= Rounds; round++)
        {
            context.Stop.ThrowIfCancellationRequested();
            StartOnce(binary, settings, $"{name}, start {round}", ready, answered);
        }

        context.Metrics.Add(ReportNames.Restart, name, ReportNames.ReadySeconds, ready.Median / 1_000);
        context.Metrics.Add(ReportNames.Restart, name, ReportNames.FirstResponse, answered.Median / 1_000);
    }

    private void StartOnce(string binary, string[] settings, string row, LatencyHistogram allReady, LatencyHistogram allAnswered)
    {
        long start = context.Clock.GetTimestamp();
        using MeasuredServer server = new(binary, folder, settings);
        double listens = context.Clock.GetElapsedTime(start).TotalSeconds;
        WaitUntilReady(server.Address, start);
        TimeSpan ready = context.Clock.GetElapsedTime(start);
        allReady.Record(ready);
        using Requester requester = new(context.Clock, context.Stop);
        requester.Ask(server.Request($"/open/api/json/transaction/{MeasuredDay.Start}/{MeasuredDay.End}"));
        TimeSpan answered = context.Clock.GetElapsedTime(start);
        allAnswered.Record(answered);
        context.Metrics.Add(ReportNames.Restart, row, "listens s", listens);
        context.Metrics.Add(ReportNames.Restart, row, ReportNames.ReadySeconds, ready.TotalSeconds);
        context.Metrics.Add(ReportNames.Restart, row, ReportNames.FirstResponse, answered.TotalSeconds);
        context.Progress.Say($"restart {row,-40} ready {ready.TotalSeconds:F2} s, first response {answered.TotalSeconds:F2} s");
    }

    private void WaitUntilReady(ServerAddress address, long start)
    {
        using HttpClient http = BlockingHttp.CreateClient();
        string path = address.Of("/readyz");
        byte[] response;
        while (http.Get(path, out response).Status != 200)
        {
            if (context.Clock.GetElapsedTime(start) > _readyTimeout)
            {
                throw new InvalidDataException($"The server was not ready after {_readyTimeout.TotalMinutes:F0} minutes: {Encoding.UTF8.GetString(response)}");
            }

            context.Stop.WaitHandle.WaitOne(_ask);
        }
    }

    // What is executed, rather than the command that loads it.
    private string Binary()
    {
        string executable = Path.ChangeExtension(context.Options.Server, null);
        return File.Exists(executable) ? executable : context.Options.Server;
    }
}
