using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ui;

/// <summary>
/// The recorded telemetry of a ticket shop, and seven days before it that are the recording without its clearest fault, each moved by some minutes.
/// </summary>
internal static class TicketShop
{
    private const long Midnight = 1_674_950_400_000;
    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;
    private const int DaysBefore = 7;
    private const long MinutesLaterADay = 7;

    private static readonly long _faultBegins = At(10, 20);
    private static readonly long _faultEnds = At(10, 32);

    /// <summary>A time of the recorded day, in ms.</summary>
    public static long At(int hour, int minute) => Midnight + (((hour * 60) + minute) * Minute);

    public static async Task PushAsync(PageServer server)
    {
        List<SampleRow> rows = [.. TrainTicket.Rows];
        SampleRow[] calm = [.. rows.Where(row => row.Kind == "transaction" && (row.Time < _faultBegins || row.Time >= _faultEnds))];
        for (int day = 1; day <= DaysBefore; day++)
        {
            long later = ((day - 4) * MinutesLaterADay * Minute) - (day * Day);
            rows.AddRange(calm.Select(row => Moved(row, later)));
        }

        await server.Process.Client.PushAllAsync(
            rows.Chunk(10_000).Select(part => new PushedBatch(TestProjects.First, null, part)), _ => BodyForm.MessagePackColumns);
    }

    /// <summary>Pushes the last transactions of the recording as if they had just ended.</summary>
    public static Task PushNowAsync(PageServer server, int count)
    {
        SampleRow[] last = [.. TrainTicket.Rows.Where(row => row.Kind == "transaction").OrderBy(row => row.Time).TakeLast(count)];
        long later = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - last[^1].Time;
        PushedBatch batch = new(TestProjects.First, null, [.. last.Select(row => Moved(row, later))]);
        return server.Process.Client.PushAllAsync([batch], _ => BodyForm.JsonRows);
    }

    private static SampleRow Moved(SampleRow row, long milliseconds)
    {
        SampleRow moved = new(row.Kind);
        foreach ((string name, object? value) in row.Fields)
        {
            moved[name] = name == "time" ? row.Time + milliseconds : value;
        }

        return moved;
    }
}
