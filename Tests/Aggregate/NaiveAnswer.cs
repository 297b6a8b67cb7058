using System.Globalization;
using System.Numerics;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Answers a query the way that is easiest to believe: row by row, with sets of strings and integers without bounds.</summary>
internal sealed class NaiveAnswer
{
    private static readonly double _gamma = 1.01 / 0.99;

    private readonly SampleQuery _query;
    private readonly List<(Key Key, List<KindRow> Rows)> _groups;

    private NaiveAnswer(SampleQuery query, IEnumerable<KindRow> rows)
    {
        _query = query;
        _groups = [.. rows
            .Where(row => row.Time >= query.Range.From && row.Time < query.Range.To && query.Filters.All(filter => Passes(row, filter)))
            .GroupBy(row => KeyOf(row).Text, StringComparer.Ordinal)
            .Select(group => (KeyOf(group.First()), group.ToList()))];
        _groups.Sort((x, y) => Compare(x, y));
    }

    private sealed record Key(string Text, long Window, object?[] Parts);

    /// <summary>The lines of the whole answer: total, then a line a row.</summary>
    public static List<string> Lines(SampleQuery query, IEnumerable<KindRow> rows)
    {
        NaiveAnswer answer = new(query, rows);
        return [Line($"total {answer._groups.Count}"), .. answer._groups.Take(query.Limit).Select(answer.LineOf)];
    }

    private string LineOf((Key Key, List<KindRow> Rows) group)
    {
        StringBuilder line = new(group.Key.Text);
        foreach (Measure measure in _query.Measures)
        {
            line.Append(" | ").Append(Line($"{Text(group.Rows, measure)}"));
        }

        return line.ToString();
    }

    private Key KeyOf(KindRow row)
    {
        long length = _query.WindowMilliseconds;
        long window = length == 0 ? 0 : row.Time - ((((row.Time + _query.WindowOffsetMilliseconds) % length) + length) % length);
        object?[] parts = [.. _query.GroupBy.Select(group =>
            row.Schema.Fields[group.Field].IsText ? row.Text(group.Field) : (object?)(row.Number(group.Field) ?? group.MissingAs))];
        string text = Line($"{window}") + string.Concat(parts.Select(part => Line($" [{part ?? "missing"}]")));
        return new Key(text, window, parts);
    }

    private static bool Passes(KindRow row, Filter filter)
    {
        if (filter.Operator == FilterOperator.EitherOf)
        {
            return filter.Forms.Any(form => Passes(row, form));
        }

        if (row.Schema.Fields[filter.Field].IsText)
        {
            string text = row.Text(filter.Field) ?? "";
            return filter.Operator switch
            {
                FilterOperator.AnyOf => filter.Texts.Contains(text),
                FilterOperator.NoneOf => !filter.Texts.Contains(text),
                FilterOperator.ContainsAnyOf => text != "" && filter.Texts.Any(part => text.Contains(part, StringComparison.OrdinalIgnoreCase)),
                FilterOperator.Present => text != "",
                _ => false,
            };
        }

        long? number = row.Number(filter.Field);
        return filter.Operator switch
        {
            FilterOperator.AnyOf => filter.Numbers.Contains(number ?? NumberColumn.Missing),
            FilterOperator.NoneOf => !filter.Numbers.Contains(number ?? NumberColumn.Missing),
            FilterOperator.GreaterThanAnyOf => filter.Numbers.Any(limit => number > limit),
            FilterOperator.LessThanAnyOf => filter.Numbers.Any(limit => number < limit),
            FilterOperator.Present => number is not null,
            _ => false,
        };
    }

    private static string Text(List<KindRow> rows, Measure measure)
    {
        rows = [.. rows.Where(row => row.Meets(measure.Condition))];
        bool isText = measure.Field >= 0 && rows.Count > 0 && rows[0].Schema.Fields[measure.Field].IsText;
        List<KindRow> having = [.. rows.Where(row => measure.Field < 0 || row.Number(measure.Field) is not null || row.Text(measure.Field) is not null)];
        return measure.Kind switch
        {
            MeasureKind.Latest when isText => LatestText(having, measure.Field),
            MeasureKind.Latest => Line($"{LatestNumber(having, measure.Field)}"),
            MeasureKind.Set => string.Join(',', having.Select(row => row.Number(measure.Field)!.Value).Distinct().Order()),
            MeasureKind.Sketch => string.Join(' ', ResultLines.Quantiles.Select(quantile => Line($"{Quantile(having, measure.Field, quantile):R}"))),
            _ => Line($"{Number(having, measure)?.ToString(CultureInfo.InvariantCulture) ?? "missing"}"),
        };
    }

    private static BigInteger? Number(List<KindRow> having, Measure measure)
    {
        List<BigInteger> values = measure.Field < 0 ? [] : [.. having.Select(row => (BigInteger)(row.Number(measure.Field) ?? 0))];
        long threshold = measure.ThresholdMicroseconds;
        return measure.Kind switch
        {
            MeasureKind.Count => having.Count,
            MeasureKind.Sum => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value),
            MeasureKind.SumOfSquares => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value * value),
            MeasureKind.Min => values.Count == 0 ? null : values.Min(),
            MeasureKind.Max => values.Count == 0 ? null : values.Max(),
            MeasureKind.Satisfied => having.Count(row => !row.IsFailure && row.Number(measure.Field) <= threshold),
            MeasureKind.Tolerated => having.Count(row => !row.IsFailure && row.Number(measure.Field) > threshold && row.Number(measure.Field) <= 4 * threshold),
            _ => LatestNumber(having, measure.Field) is { } latest ? latest : null,
        };
    }

    private static long? LatestNumber(List<KindRow> having, int field) =>
        having.OrderByDescending(row => row.Time).ThenByDescending(row => row.Number(field)).FirstOrDefault()?.Number(field);

    private static string LatestText(List<KindRow> having, int field)
    {
        long last = having.Count == 0 ? 0 : having.Max(row => row.Time);
        return having.Where(row => row.Time == last).Select(row => row.Text(field)!).OrderDescending(Comparer<string>.Create(CompareBytes)).FirstOrDefault("");
    }

    private static double Quantile(List<KindRow> having, int field, double quantile)
    {
        List<long> values = [.. having.Select(row => row.Number(field)!.Value).Order()];
        if (values.Count == 0)
        {
            return double.NaN;
        }

        long value = values[(int)Math.Floor(quantile * (values.Count - 1))];
        double bin = Math.Ceiling(Math.Log(value) / Math.Log(_gamma));
        double middle = value <= 0 ? 0 : 2 * Math.Pow(_gamma, bin) / (_gamma + 1);
        return Math.Min(Math.Max(middle, values[0]), values[^1]);
    }

    private int Compare((Key Key, List<KindRow> Rows) x, (Key Key, List<KindRow> Rows) y)
    {
        foreach (OrderTerm term in _query.Order)
        {
            int order = term.By switch
            {
                OrderBy.Measure => Nullable.Compare(Measured(x.Rows, term.Index), Measured(y.Rows, term.Index)),
                OrderBy.Ratio => CompareQuotients(x.Rows, y.Rows, term),
                OrderBy.Key => CompareParts(x.Key.Parts[term.Index], y.Key.Parts[term.Index]),
                OrderBy.Window => x.Key.Window.CompareTo(y.Key.Window),
                OrderBy.Quantile => QuantileOf(x.Rows, term).CompareTo(QuantileOf(y.Rows, term)),
                OrderBy.Mean => Present(x.Rows, term) != Present(y.Rows, term) ? Present(x.Rows, term) - Present(y.Rows, term) : CompareQuotients(x.Rows, y.Rows, term),
                OrderBy.Deviation => CompareDeviations(x.Rows, y.Rows, term),
                OrderBy.Rate => (Measured(x.Rows, term.Index)!.Value * Length(y.Key)).CompareTo(Measured(y.Rows, term.Index)!.Value * Length(x.Key)),
                _ => throw new NotSupportedException(term.By.ToString()),
            };
            if (order != 0)
            {
                return term.Descending ? -order : order;
            }
        }

        int ties = x.Key.Window.CompareTo(y.Key.Window);
        for (int part = 0; part < x.Key.Parts.Length && ties == 0; part++)
        {
            ties = CompareParts(x.Key.Parts[part], y.Key.Parts[part]);
        }

        return ties;
    }

    private BigInteger? Measured(List<KindRow> rows, int index)
    {
        Measure measure = _query.Measures[index];
        List<KindRow> having = [.. rows.Where(row => row.Meets(measure.Condition)
            && (measure.Field < 0 || row.Number(measure.Field) is not null || row.Text(measure.Field) is not null))];
        return Number(having, measure);
    }

    private int CompareQuotients(List<KindRow> x, List<KindRow> y, OrderTerm term)
    {
        (BigInteger a, BigInteger b) = (Measured(x, term.Index) ?? 0, Measured(x, term.Divisor) ?? 0);
        (BigInteger c, BigInteger d) = (Measured(y, term.Index) ?? 0, Measured(y, term.Divisor) ?? 0);
        (a, b) = b == 0 ? (0, 1) : (a * b.Sign, b * b.Sign);
        (c, d) = d == 0 ? (0, 1) : (c * d.Sign, d * d.Sign);
        return (a * d).CompareTo(c * b);
    }

    private int Present(List<KindRow> rows, OrderTerm term) => Measured(rows, term.Divisor) > 0 ? 1 : 0;

    private int CompareDeviations(List<KindRow> x, List<KindRow> y, OrderTerm term)
    {
        if (Present(x, term) + Present(y, term) < 2)
        {
            return Present(x, term) - Present(y, term);
        }

        // Squared deviations from the mean, each as Σ(n·v − Σv)² over n³.
        (BigInteger a, BigInteger n) = Spread(x, term);
        (BigInteger b, BigInteger m) = Spread(y, term);
        return (a * BigInteger.Pow(m, 3)).CompareTo(b * BigInteger.Pow(n, 3));
    }

    private (BigInteger Squares, BigInteger Count) Spread(List<KindRow> rows, OrderTerm term)
    {
        List<BigInteger> values = [.. rows.Select(row => row.Number(_query.Measures[term.Index].Field)).Where(value => value is not null).Select(value => (BigInteger)value!.Value)];
        BigInteger sum = values.Aggregate(BigInteger.Zero, (total, value) => total + value);
        return (values.Aggregate(BigInteger.Zero, (total, value) => total + BigInteger.Pow((values.Count * value) - sum, 2)), values.Count);
    }

    private BigInteger Length(Key key) => _query.WindowMilliseconds == 0
        ? (BigInteger)_query.Range.To - _query.Range.From
        : BigInteger.Min((BigInteger)key.Window + _query.WindowMilliseconds, _query.Range.To) - BigInteger.Max(key.Window, _query.Range.From);

    private double QuantileOf(List<KindRow> rows, OrderTerm term)
    {
        Measure measure = _query.Measures[term.Index];
        return Quantile([.. rows.Where(row => row.Meets(measure.Condition) && row.Number(measure.Field) is not null)], measure.Field, term.Quantile);
    }

    private static int CompareParts(object? x, object? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string left, string right) => CompareBytes(left, right),
        _ => ((long)x).CompareTo((long)y),
    };

    private static int CompareBytes(string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));

    private static string Line(FormattableString line) => FormattableString.Invariant(line);
}
