using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary>One column of an aggregate's response: how its cells are read from a result, and how rows are sorted by it.</summary>
/// <param name="Name">The name, as the caller wrote it.</param>
/// <param name="Unit">Unit of its numbers; empty for texts and codes.</param>
/// <param name="Form">What it shows.</param>
/// <param name="At">Index of its measure, or of the part of the key.</param>
internal sealed record AggregateColumn(string Name, string Unit, ColumnForm Form, int At = 0)
{
    private const int MillisecondsPerSecond = 1_000;
    private const int DeviationDecimals = 2;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>Index of the count that its values are divided by.</summary>
    public int CountAt { get; init; }

    /// <summary>Index of the sum that a deviation needs.</summary>
    public int SumAt { get; init; }

    /// <summary>Index of those tolerated that an apdex needs.</summary>
    public int ToleratedAt { get; init; }

    public double Quantile { get; init; }

    /// <summary>How many decimals of the unit are kept; its parts are turned into the unit last.</summary>
    public int Decimals { get; init; }

    private long PartsPerUnit => Decimals switch { 0 => 1, 3 => 1_000, _ => 1_000_000 };

    /// <summary>The order by this column, by exact values; what is missing comes first, or last in a descending order.</summary>
    public OrderTerm Order => Form switch
    {
        ColumnForm.Window => new(OrderBy.Window),
        ColumnForm.KeyText or ColumnForm.KeyNumber => new(OrderBy.Key, At),
        ColumnForm.Count or ColumnForm.Sum or ColumnForm.Extreme => new(OrderBy.Measure, At),
        ColumnForm.Rate => new(OrderBy.Rate, At),
        ColumnForm.ErrorRate => new(OrderBy.Ratio, At, CountAt),
        ColumnForm.Apdex => new(OrderBy.Apdex, At, CountAt) { Tolerated = ToleratedAt },
        ColumnForm.Mean => new(OrderBy.Mean, At, CountAt),
        ColumnForm.Deviation => new(OrderBy.Deviation, At, CountAt) { Sum = SumAt },
        ColumnForm.Quantile => new(OrderBy.Quantile, At, Quantile: Quantile),
        _ => throw new InvalidOperationException($"{Form} has no order."),
    };

    /// <summary>A row's cell. It may stand in <paramref name="room"/>, of at least <see cref="DecimalText.MaxLength"/> bytes.</summary>
    public Cell Read(SampleQuery query, QueryResult result, int row, Span<byte> room)
    {
        switch (Form)
        {
            case ColumnForm.Window:
                return Whole(result.WindowStart(row), 0, room);
            case ColumnForm.KeyText:
                return result.KeyMissing(row, At) ? Cell.Missing : Cell.Text(result.KeyText(row, At));
            case ColumnForm.KeyNumber:
                return result.KeyMissing(row, At) ? Cell.Missing : Whole(result.KeyNumber(row, At), 0, room);
            case ColumnForm.Count:
                return Whole(result.Count(row, At), 0, room);
            case ColumnForm.Rate:
                return Number(ExactQuotient.Of((Int128)result.Count(row, At) * MillisecondsPerSecond, LengthOf(query, result.WindowStart(row))), room);
            case ColumnForm.ErrorRate:
                return Number(ExactQuotient.Of(result.Count(row, At), result.Count(row, CountAt)), room);
            case ColumnForm.Apdex:
                return Number(
                    ExactQuotient.Of((2 * (Int128)result.Count(row, At)) + result.Count(row, ToleratedAt), 2 * (Int128)result.Count(row, CountAt)), room);
            case ColumnForm.Sum:
                return Whole(result.Sum(row, At), Decimals, room);
            case ColumnForm.Extreme:
                long extreme = result.Number(row, At);
                return extreme == NumberColumn.Missing ? Cell.Missing : Whole(extreme, Decimals, room);
            case ColumnForm.Mean or ColumnForm.Deviation:
                long count = result.Count(row, CountAt);
                return count == 0 ? Cell.Missing : ReadOf(count, result, row, room);
            case ColumnForm.Quantile:
                double value = result.Quantile(row, At, Quantile);
                return double.IsNaN(value) ? Cell.Missing : OfSketch(value, room);
            default:
                throw new InvalidOperationException($"{Form} has no cells.");
        }
    }

    private Cell ReadOf(long count, QueryResult result, int row, Span<byte> room) => Form == ColumnForm.Mean
        ? Number(ExactQuotient.Of(result.Sum(row, At), (Int128)count * PartsPerUnit), room)
        : Whole(ExactMath.DeviationHundredths(count, result.Sum(row, SumAt), result.SumOfSquares(row, At), PartsPerUnit), DeviationDecimals, room);

    // Durations and numbers to the part that is kept, which is three or six decimals; of counts, where the middle of a bin is no whole number, three too.
    private Cell OfSketch(double value, Span<byte> room) => Decimals == 0
        ? Whole((Int128)Math.Round(value * 1_000, MidpointRounding.ToEven), 3, room)
        : Whole((Int128)Math.Round(value, MidpointRounding.ToEven), Decimals, room);

    // Ms of the window that the query asks for.
    private static Int128 LengthOf(SampleQuery query, long start)
    {
        TimeRange range = query.WindowMilliseconds == 0
            ? query.Range
            : query.Range.Intersect(new TimeRange(start, start + query.WindowMilliseconds));
        return (Int128)range.To - range.From;
    }

    private static Cell Whole(Int128 parts, int decimals, Span<byte> room) => Cell.Number(room[..DecimalText.Write(parts, decimals, room)], decimals);

    private static Cell Number(double value, Span<byte> room)
    {
        value.TryFormat(room, out int length, default, CultureInfo.InvariantCulture);
        return Cell.Fraction(room[..length]);
    }
}

/// <summary>What a column of an aggregate's response shows.</summary>
internal enum ColumnForm : byte
{
    /// <summary>Start of the window.</summary>
    Window,
    KeyText,
    KeyNumber,
    Count,

    /// <summary>Samples a second.</summary>
    Rate,

    /// <summary>The share of samples that are errors.</summary>
    ErrorRate,

    /// <summary>How satisfied users are with the latency, 0 to 1.</summary>
    Apdex,
    Sum,
    Mean,

    /// <summary>A least or greatest value.</summary>
    Extreme,
    Deviation,
    Quantile,
}
