using System.Globalization;
using System.IO.Hashing;
using System.Text;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Lookups;

/// <summary>
/// A day of one kind with txids of 32 digits, in slices in the order of their times. A transaction and an exception have a txid of their own; five statements
/// and two calls share one, and lie some seconds apart. The same in every run. Thread safe.
/// </summary>
/// <param name="kind">The kind.</param>
/// <param name="samples">How many samples.</param>
internal sealed class LookupDay(Kind kind, int samples)
{
    public const int SliceRows = 10_000;

    public static IReadOnlyList<Kind> Kinds { get; } = [Kind.Transaction, Kind.Sql, Kind.Httpc, Kind.Exception];

    private readonly Population _population = new();

    public Kind Kind => kind;

    public int SliceCount => samples / SliceRows;

    /// <summary>How many samples have the same txid.</summary>
    public int Repeats => kind switch { Kind.Sql => 5, Kind.Httpc => 2, _ => 1 };

    /// <summary>How many txids there are; those from here on are of no sample.</summary>
    public int TxidCount => SliceCount * (SliceRows / Repeats);

    /// <summary>The txid with a number.</summary>
    public static string Txid(int number) => Convert.ToHexStringLower(XxHash128.Hash(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))));

    public WireColumn[] Slice(int slice)
    {
        WireColumn[] columns = new SampleMaker(_population, slice).Make(kind, SliceRows, out _);
        return Array.ConvertAll(columns, column =>
            column.Field.Type == FieldType.Time ? Times(column.Field, slice) : column.IsFresh ? Txids(column.Field, slice) : column);
    }

    private WireColumn Times(Field field, int slice)
    {
        WireColumn times = new(field);
        double rowMilliseconds = (double)(MeasuredDay.End - MeasuredDay.Start) / SliceCount / SliceRows;
        for (int row = 0; row < SliceRows; row++)
        {
            times.Add(MeasuredDay.Start + (long)((((long)slice * SliceRows) + row) * rowMilliseconds));
        }

        return times;
    }

    private WireColumn Txids(Field field, int slice)
    {
        int ofSlice = SliceRows / Repeats;
        WireColumn txids = new(field);
        for (int row = 0; row < SliceRows; row++)
        {
            txids.Add(Encoding.ASCII.GetBytes(Txid((slice * ofSlice) + (row % ofSlice))));
        }

        return txids;
    }
}
