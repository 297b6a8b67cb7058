using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>
/// Makes alerts as columns: numbered ones, each the same whenever it is made, with an id that its number tells. Their times are spread evenly.
/// Not thread safe.
/// </summary>
internal sealed class AlertMaker(long firstTimeMilliseconds, long spacingMilliseconds)
{
    /// <summary>How many sources there are; one in ten of them has a name with <see cref="RareSource"/>.</summary>
    public const int SourceCount = 500;

    /// <summary>A part of some sources' names, in another case than they have it.</summary>
    public const string RareSource = "PUMP";

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);
    private static readonly string[] _severities = ["Info", "Info", "Info", "Info", "Info", "Info", "Warning", "Warning", "Warning", "Critical"];
    private static readonly string[] _titles = ["Motor Overload", "Pressure out of range", "Door left open", "Sensor does not answer", "Temperature high"];

    public long TimeOf(long number) => firstTimeMilliseconds + number * spacingMilliseconds;

    /// <summary>The id of an alert.</summary>
    public static Guid IdOf(long number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Mix((ulong)number * 2));
        BitConverter.TryWriteBytes(bytes[8..], Mix((ulong)number * 2 + 1));
        return new Guid(bytes);
    }

    /// <summary>Makes alerts from a number on, in the order of their times.</summary>
    public WireColumn[] Make(long firstNumber, int count)
    {
        WireColumn time = Column("time");
        WireColumn severity = Column("severity");
        WireColumn source = Column("source");
        WireColumn title = Column("title");
        WireColumn id = Column("id");
        WireColumn description = Column("description");
        WireColumn labels = Column("labels");
        WireColumn annotations = Column("annotations");
        for (long number = firstNumber; number < firstNumber + count; number++)
        {
            ulong chance = Mix((ulong)number ^ 0x5EED);
            int place = (int)(chance % SourceCount);
            time.Add(TimeOf(number));
            severity.Add(Utf8(_severities[(int)((chance >> 16) % 10)]));
            source.Add(Utf8(SourceOf(place)));
            title.Add(Utf8(_titles[(int)((chance >> 24) % 5)]));
            id.Add(Utf8(IdOf(number).ToString("D")));
            description.Add(Utf8(string.Create(CultureInfo.InvariantCulture,
                $"{SourceOf(place)} measured {(chance >> 32) % 100_000} where at most {place * 10} is right")));
            labels.Add(Utf8(string.Create(CultureInfo.InvariantCulture, $$"""{"equipmentId":"{{SourceOf(place)}}","line":"{{place % 20}}"}""")));
            AddAnnotations(annotations, number);
        }

        return [time, severity, source, title, id, description, labels, annotations];
    }

    private static void AddAnnotations(WireColumn annotations, long number)
    {
        if (number % 4 == 0)
        {
            annotations.Add("{\"runbook\":\"https://docs.example.com/runbooks/motor-overload\"}"u8);
        }
        else
        {
            annotations.AddMissing();
        }
    }

    private static string SourceOf(int place) => string.Create(CultureInfo.InvariantCulture, $"{(place % 10 == 0 ? "Pump" : "Equipment")}-{place:d3}");

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static WireColumn Column(string field) => new(_schema.Fields[_schema.Ordinal(field)]);

    // A permutation of all 64-bit numbers (SplitMix64), so that no two alerts share an id.
    private static ulong Mix(ulong state)
    {
        state *= PreparedBody.IdStep;
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}
