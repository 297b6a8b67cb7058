using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Heatmap;

/// <summary>A request of <c>/api/v1/heatmap</c>: the query for the store, and how its rows are bins.</summary>
internal sealed record HeatmapRequest
{
    private const int MostBins = 100_000;
    private const int DefaultColumns = 300;
    private const int DefaultRows = 100;
    private const long DefaultMaxMicroseconds = 10_000_000;
    private const long MicrosecondsPerMillisecond = 1_000;

    // A bin of a logarithmic scale for all that is shorter than a millisecond.
    private const long FirstLogEdge = MicrosecondsPerMillisecond;

    private static readonly ImmutableArray<string> _parameters = ["kind", "from", "to", "x", "y", "scale", "max", "where"];

    /// <summary>Groups by column and row, with a count of all and of errors.</summary>
    public required SampleQuery Query { get; init; }

    public required NumberBins Bins { get; init; }

    public required ResponseFormat Format { get; init; }

    /// <summary>Milliseconds of a column.</summary>
    public long Step => Query.WindowMilliseconds;

    /// <summary>The request; or what is wrong with it.</summary>
    public static string? TryRead(ApiParameters parameters, long pcode, Timestamp now, out HeatmapRequest? request)
    {
        request = null;
        KindSchema? kind = null;
        TimeRange range = default;
        int columns = 0;
        int rows = 0;
        long max = 0;
        ImmutableArray<Filter> filters = [];
        string? wrong = parameters.FindUnknown(_parameters)
            ?? parameters.TryReadKind(out kind)
            ?? (kind!.Find("elapsed") is null ? $"A {kind.Name} has no elapsed; kinds that have are {Timed()}." : null)
            ?? TimeRangeParameter.TryRead(parameters.Find("from"), parameters.Find("to"), now, out range)
            ?? TryReadBins(parameters, "x", DefaultColumns, out columns)
            ?? TryReadBins(parameters, "y", DefaultRows, out rows)
            ?? ((long)columns * rows > MostBins
                ? string.Create(CultureInfo.InvariantCulture, $"x times y must be at most {MostBins}, found {(long)columns * rows}.") : null)
            ?? TryReadMax(kind, parameters.Find("max"), out max)
            ?? (parameters.Find("scale") is { } scale and not ("log" or "linear") ? $"There is no scale \"{scale}\"; there are log, linear." : null)
            ?? WhereFilters.TryRead(kind, parameters.All("where"), out filters);
        if (wrong is not null)
        {
            return wrong;
        }

        int elapsed = kind!.Ordinal("elapsed");
        NumberBins bins = new(parameters.Find("scale") == "linear" ? LinearEdges(rows, max) : LogEdges(rows, max));
        long step = (range.To - range.From + columns - 1) / columns;
        request = new HeatmapRequest
        {
            Bins = bins,
            Format = ValueResponse.AcceptedFormat(parameters.Request),
            Query = new SampleQuery
            {
                Pcode = pcode,
                Kind = kind.Kind,
                Range = range,
                WindowMilliseconds = step,

                // Columns begin with the range, windows where the clock that is ahead by the offset shows a multiple of their length.
                WindowOffsetMilliseconds = (step - (range.From % step)) % step,
                GroupBy = [new GroupField(elapsed) { Bins = bins }],
                Measures = [new Measure(MeasureKind.Count), new Measure(MeasureKind.Count, Condition: RowCondition.Failed)],
                Filters = filters,
            },
        };
        return null;
    }

    private static string Timed() =>
        string.Join(", ", SampleSchema.All.Where(schema => schema.Find("elapsed") is not null).Select(schema => schema.Name));

    private static string? TryReadBins(ApiParameters parameters, string name, int byDefault, out int bins)
    {
        bins = byDefault;
        return parameters.Find(name) is not { } text
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bins) && bins >= 1 && bins <= MostBins)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from 1 to {MostBins}, found \"{text}\".");
    }

    private static string? TryReadMax(KindSchema kind, string? text, out long microseconds)
    {
        microseconds = DefaultMaxMicroseconds;
        if (text is null)
        {
            return null;
        }

        Field elapsed = kind.Fields[kind.Ordinal("elapsed")];
        if (!WireNumber.TryRead(elapsed, text, out WireNumber number) || number.Floor <= 0 || number.Floor > elapsed.Maximum)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"max must be milliseconds greater than 0 and at most {elapsed.Maximum / MicrosecondsPerMillisecond}, found \"{text}\".");
        }

        microseconds = (long)number.Floor;
        return null;
    }

    // Equal steps, the last bin from max on. Steps are whole microseconds where max has fewer of them than there are bins.
    private static ImmutableArray<long> LinearEdges(int rows, long max)
    {
        var edges = ImmutableArray.CreateBuilder<long>(rows);
        for (int row = 0; row < rows; row++)
        {
            edges.Add(Math.Max(row, rows == 1 ? 0 : (long)((Int128)max * row / (rows - 1))));
        }

        return edges.MoveToImmutable();
    }

    // Equal factors from a millisecond to max, the last bin from max on; before them one from 0.
    private static ImmutableArray<long> LogEdges(int rows, long max)
    {
        var edges = ImmutableArray.CreateBuilder<long>(rows);
        double first = Math.Min(FirstLogEdge, max);
        for (int row = 0; row < rows; row++)
        {
            double edge = row == 0 ? 0 : row == rows - 1 ? max : first * Math.Pow(max / first, (row - 1.0) / (rows - 2));
            edges.Add(row == 0 ? 0 : Math.Max(edges[row - 1] + 1, (long)Math.Round(edge)));
        }

        return edges.MoveToImmutable();
    }
}
