using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>Brings a day of samples into InfluxDB by the writer of the hosts, with a mark behind each unit.</summary>
internal sealed class DayWriter(InfluxOptions influx, DayOfSamples day)
{
    // Any node will do; always the same, so that the points are the same in every run.
    private const ulong Node = 0xBE;
    private const long ApdexThresholdMicroseconds = 1_200_000;

    /// <summary>Writes the day unless it is there.</summary>
    /// <exception cref="InvalidOperationException">The database holds something else.</exception>
    public async Task WriteAsync(CancellationToken stop)
    {
        using (InfluxHttp http = new(influx, TimeProvider.System))
        {
            if (await http.CreateDatabaseAsync(stop) is { } reason)
            {
                throw new InvalidOperationException($"The database {influx.Database} can't be made: {reason}.");
            }
        }

        long there = await CountAsync(stop);
        long whole = Enumerable.Range(0, DayOfSamples.Units).Sum(unit => (long)day.Counts(unit).First().Count);
        if (there == whole)
        {
            return;
        }

        if (there > 0)
        {
            throw new InvalidOperationException($"The database {influx.Database} holds {there} transactions, not the {whole} of this day: name another one.");
        }

        string folder = Directory.CreateTempSubdirectory("influx-query-").FullName;
        try
        {
            await WriteAsync(folder, stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task WriteAsync(string folder, CancellationToken stop)
    {
        using CoreInstruments instruments = new();
        using InfluxWriter writer = InfluxWriter.Open(
            new InfluxNode(new DiskFileSystem(), folder, Node), influx, _ => ApdexThresholdMicroseconds, alerts: null, TimeProvider.System, instruments,
            NullLogger.Instance);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task running = writer.RunAsync(end.Token);
        long number = 0;
        long position = 1;

        // Positions need only ascend; a unit begins behind a mark.
        await writer.MarkAsync(new LogPosition(position++), 0, number, stop);
        for (int unit = 0; unit < DayOfSamples.Units; unit++)
        {
            foreach (ValidBatch batch in day.Unit(unit))
            {
                batch.FirstNumber = number;
                number += batch.Samples.RowCount;
                await writer.WriteAsync(batch, new LogPosition(position++), stop);
            }

            await writer.MarkAsync(new LogPosition(position++), number, number, stop);
        }

        await WaitAsync(writer, new LogPosition(position - 1), running, stop);
        await end.CancelAsync();
        await running.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    // Until the last unit's rollups are there, too.
    private static async Task WaitAsync(InfluxWriter writer, LogPosition through, Task running, CancellationToken stop)
    {
        while (writer.StoredThrough < through)
        {
            if (running.IsCompleted)
            {
                await running;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), stop);
        }
    }

    private async Task<long> CountAsync(CancellationToken stop)
    {
        using HttpClient http = new();
        using FormUrlEncodedContent form = new(
        [
            new("db", influx.Database),
            new("q", $"SELECT count(\"{InfluxSchema.NumberField}\") FROM \"{InfluxSchema.MeasurementOf(Kind.Transaction)}\""),
        ]);
        string address = influx.Host.AbsoluteUri.TrimEnd('/') + "/query";
        using HttpResponseMessage response = await http.PostAsync(new Uri(address), form, stop);
        using JsonDocument counted = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(stop));
        JsonElement result = counted.RootElement.GetProperty("results")[0];
        return result.TryGetProperty("series", out JsonElement series)
            ? long.Parse(series[0].GetProperty("values")[0][1].GetRawText(), CultureInfo.InvariantCulture)
            : 0;
    }
}
