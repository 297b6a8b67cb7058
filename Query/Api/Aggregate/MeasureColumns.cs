using System.Collections.Frozen;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary>Turns measures as a caller writes them into columns, and gathers what the store has to compute for them, each once.</summary>
/// <param name="kind">The kind of the samples.</param>
/// <param name="apdexMicroseconds">T of the project's apdex.</param>
internal sealed class MeasureColumns(KindSchema kind, long apdexMicroseconds)
{
    private static readonly FrozenDictionary<string, double> _quantiles = new Dictionary<string, double>
    {
        ["p50"] = 0.5,
        ["p90"] = 0.9,
        ["p95"] = 0.95,
        ["p99"] = 0.99,
        ["p999"] = 0.999,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly List<Measure> _measures = [];

    public IReadOnlyList<Measure> Measures => _measures;

    /// <summary>The column of a measure; or what is wrong with it.</summary>
    public string? TryAdd(string text, out AggregateColumn? column)
    {
        column = text switch
        {
            "count" => new(text, "1", ColumnForm.Count, At(new(MeasureKind.Count))),
            "rate" => new(text, "1/s", ColumnForm.Rate, At(new(MeasureKind.Count))),
            "error_rate" when FieldRules.CanFail(kind) => new(text, "1", ColumnForm.ErrorRate, At(new(MeasureKind.Count, Condition: RowCondition.Failed)))
            {
                CountAt = At(new(MeasureKind.Count)),
            },
            "apdex" when FieldRules.HasApdex(kind) => Apdex(text),
            _ => null,
        };
        if (column is not null)
        {
            return null;
        }

        int open = text.IndexOf('(', StringComparison.Ordinal);
        string function = open > 0 && text[^1] == ')' ? text[..open] : "";
        bool needsAmount = FieldRules.AmountFunctions.Contains(function);
        if (!needsAmount && !FieldRules.NumberFunctions.Contains(function))
        {
            return $"There is no measure \"{text}\" of {kind.Name}; there are {string.Join(", ", FieldRules.Measures(kind))}, "
                + $"and {string.Join(", ", [.. FieldRules.NumberFunctions, .. FieldRules.AmountFunctions])} of a field, like avg({Example()}).";
        }

        string name = text[(open + 1)..^1];
        if (kind.Find(name) is not { } field || !(needsAmount ? FieldRules.IsAmount(field) : FieldRules.IsNumber(field)))
        {
            return $"There is no {function} of \"{name}\" of {kind.Name}; "
                + $"there is of {FieldRules.Names(kind, needsAmount ? FieldRules.IsAmount : FieldRules.IsNumber)}.";
        }

        column = OfField(text, function, field);
        return null;
    }

    // What failed satisfies nobody, as in the statistics by service.
    private AggregateColumn Apdex(string text)
    {
        int elapsed = kind.Ordinal("elapsed");
        return new AggregateColumn(text, "1", ColumnForm.Apdex, At(new(MeasureKind.Satisfied, elapsed, ThresholdMicroseconds: apdexMicroseconds)))
        {
            ToleratedAt = At(new(MeasureKind.Tolerated, elapsed, ThresholdMicroseconds: apdexMicroseconds)),
            CountAt = At(new(MeasureKind.Count)),
        };
    }

    private AggregateColumn OfField(string text, string function, Field field)
    {
        AggregateColumn column = new(text, field.Unit.Length > 0 ? field.Unit : "1", ColumnForm.Quantile) { Decimals = FieldRules.Decimals(field) };
        return function switch
        {
            "sum" => column with { Form = ColumnForm.Sum, At = At(new(MeasureKind.Sum, field.Ordinal)) },
            "min" => column with { Form = ColumnForm.Extreme, At = At(new(MeasureKind.Min, field.Ordinal)) },
            "max" => column with { Form = ColumnForm.Extreme, At = At(new(MeasureKind.Max, field.Ordinal)) },
            "avg" => column with { Form = ColumnForm.Mean, At = At(new(MeasureKind.Sum, field.Ordinal)), CountAt = At(new(MeasureKind.Count, field.Ordinal)) },
            "stddev" => column with
            {
                Form = ColumnForm.Deviation,
                At = At(new(MeasureKind.SumOfSquares, field.Ordinal)),
                SumAt = At(new(MeasureKind.Sum, field.Ordinal)),
                CountAt = At(new(MeasureKind.Count, field.Ordinal)),
            },
            _ => column with { At = At(new(MeasureKind.Sketch, field.Ordinal)), Quantile = _quantiles[function] },
        };
    }

    private int At(Measure measure)
    {
        int index = _measures.IndexOf(measure);
        if (index < 0)
        {
            index = _measures.Count;
            _measures.Add(measure);
        }

        return index;
    }

    private string Example() => kind.Find("elapsed")?.Name ?? kind.Find("count")?.Name ?? "oid";
}
