using System.Globalization;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>Measures what the first samples after a start cost the server, against later ones, and how long a start takes with a warm-up and without.</summary>
internal sealed class ColdMeasurement(CompareContext context)
{
    private const int Connections = 4;
    private const int BatchSamples = 1_000;
    private const int Rate = 250_000;

    // The first period is cold; the last three count as steady.
    private const int Periods = 7;
    private const int SteadyPeriods = 3;
    private const int Starts = 5;

    // 500,000 samples.
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(2);

    public void Run()
    {
        context.Metrics.Note(
            ReportNames.Cold,
            $"{Periods} times {Rate * _period.TotalSeconds:N0} samples, fresh rows, batches of {BatchSamples:N0} at {Rate:N0} samples/s to a server just "
                + $"ready; steady is the mean of the last {SteadyPeriods}. Starts on an empty folder, from exec to the first response, median of {Starts}.");
        MeasureSamples();
        MeasureStarts(ReportNames.WithWarmUp, []);
        MeasureStarts(ReportNames.WithoutWarmUp, ["--Start:WarmUp=false"]);
    }

    private void MeasureSamples()
    {
        string folder = context.NewFolder("cold");
        double[] costs = new double[Periods];
        using (MeasuredServer server = new(context.Options.Server, folder))
        {
            for (int i = 0; i < Periods; i++)
            {
                TimeSpan before = server.ProcessorTime;
                LoadReport load = OurLoad.Run(context, server, SampleForm.Rows, Connections, BatchSamples, _period, Rate);
                costs[i] = (server.ProcessorTime - before).TotalMicroseconds / load.Samples;
                string row = string.Create(CultureInfo.InvariantCulture, $"samples {i + 1}");
                context.Metrics.Add(ReportNames.Cold, row, ReportNames.ProcessorMicroseconds, costs[i]);
                context.Metrics.Add(ReportNames.Cold, row, ReportNames.P99, load.P99Ms);
            }

            server.End();
        }

        double ratio = costs[0] / costs[^SteadyPeriods..].Average();
        context.Metrics.Add(ReportNames.Cold, ReportNames.FirstToSteady, "ratio", ratio);
        context.Progress.Say($"cold    {ReportNames.FirstToSteady,-40} {ratio,12:F2}");
        Directory.Delete(folder, recursive: true);
    }

    private void MeasureStarts(string row, string[] settings)
    {
        LatencyHistogram starts = new();
        for (int i = 0; i < Starts; i++)
        {
            string folder = context.NewFolder("start");
            long start = context.Clock.GetTimestamp();
            using (MeasuredServer server = new(context.Options.Server, folder, settings))
            {
                server.CountTransactions();
                starts.Record(context.Clock.GetElapsedTime(start));
                server.End();
            }

            Directory.Delete(folder, recursive: true);
        }

        context.Metrics.Add(ReportNames.Cold, row, "start s", starts.Median / 1_000);
        context.Progress.Say($"cold    start {row,-34} {starts.Median / 1_000,12:F2} s");
    }
}
