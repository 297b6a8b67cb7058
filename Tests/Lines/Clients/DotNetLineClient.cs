using InfluxDB.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Writes;

namespace TimeSeries.Tests.Lines.Clients;

/// <summary>InfluxDB.Client, with its writer that makes batches and tries again.</summary>
internal sealed class DotNetLineClient : ILineClient
{
    // Longer than a test lasts: a batch is full, or the last one.
    private const int FlushMs = 600_000;

    // The writer waits for its requests where it is disposed, on the thread that does that.
    public Task<WriteReport> WriteAsync(IReadOnlyList<LinePoint> points, LineSettings settings) => Task.Run(() => Write(points, settings));

    private static WriteReport Write(IReadOnlyList<LinePoint> points, LineSettings settings)
    {
        using InfluxDBClient client = new(new InfluxDBClientOptions(settings.Address.ToString()) { Token = settings.Token, Bucket = "any", Org = "any" });
        if (settings.Gzip)
        {
            client.EnableGzip();
        }

        WritePrecision precision = Enum.Parse<WritePrecision>(settings.Precision, ignoreCase: true);
        int failed = 0;
        List<string> errors = [];
        using (WriteApi writer = client.GetWriteApi(new WriteOptions { BatchSize = settings.BatchSize, FlushInterval = FlushMs, RetryInterval = 10 }))
        {
            writer.EventHandler += (_, told) =>
            {
                lock (errors)
                {
                    failed += told is WriteErrorEvent or WriteRetriableErrorEvent ? 1 : 0;
                    if (told is WriteErrorEvent { Exception: { } error })
                    {
                        errors.Add(error.Message);
                    }
                }
            };
            foreach (LinePoint point in points)
            {
                writer.WritePoint(PointOf(point, precision));
            }
        }

        return new WriteReport(failed, errors);
    }

    private static PointData PointOf(LinePoint point, WritePrecision precision)
    {
        PointData data = PointData.Measurement(point.Measurement).Timestamp(DateTimeOffset.FromUnixTimeMilliseconds(point.Time), precision);
        foreach ((string name, string value) in point.Tags)
        {
            data = data.Tag(name, value);
        }

        foreach ((string name, object value) in point.Fields)
        {
            data = data.Field(name, value);
        }

        return data;
    }
}
