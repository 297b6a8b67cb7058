using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// One SELECT in the part of InfluxQL that every version reads. Identifiers come from the schema, and every text is bound,
/// so no input is ever a part of the statement. Not thread safe.
/// </summary>
internal sealed class InfluxStatement
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    // Times that InfluxDB has: 64 bits of ns, without a few at either end.
    private const long LastMillisecond = long.MaxValue / NanosecondsPerMillisecond;

    private readonly StringBuilder _text = new("SELECT ");
    private readonly List<InfluxParameter> _parameters = [];
    private bool _hasCondition;

    private InfluxStatement()
    {
    }

    public string Text => _text.ToString();

    public ImmutableArray<InfluxParameter> Parameters => [.. _parameters];

    /// <summary>Begins a statement that reads columns.</summary>
    public static InfluxStatement Select(string measurement, params string[] columns) =>
        Begin(measurement, Array.ConvertAll(columns, static column => ("", column)));

    /// <summary>Begins a statement that counts the points with a value in a field.</summary>
    public static InfluxStatement Count(string measurement, string field) => Begin(measurement, ("count", field));

    /// <summary>Begins a statement that counts the points with a value in a field, and reads the least one.</summary>
    public static InfluxStatement CountAndLeast(string measurement, string field) => Begin(measurement, ("count", field), ("min", field));

    /// <summary>Begins a statement that reads the last value of a field, and the value of another field of that point.</summary>
    public static InfluxStatement Latest(string measurement, string field, string other) => Begin(measurement, ("last", field), ("", other));

    /// <summary>The part of a range that InfluxDB has times for.</summary>
    public static TimeRange Clamp(TimeRange range) => range.Intersect(new TimeRange(-LastMillisecond + 1, LastMillisecond));

    /// <summary>Keeps the points in a range of times. Only conditions of <see cref="WhereAny"/> follow it.</summary>
    public InfluxStatement In(TimeRange range)
    {
        TimeRange clamped = Clamp(range);
        AppendConjunction();
        _text.Append(CultureInfo.InvariantCulture, $"time >= {clamped.From * NanosecondsPerMillisecond} AND time < {clamped.To * NanosecondsPerMillisecond}");
        return this;
    }

    /// <summary>Keeps the points whose tag or text field equals a text.</summary>
    public InfluxStatement Where(string column, string value)
    {
        AppendConjunction();
        AppendEquals(column, value);
        return this;
    }

    /// <summary>Keeps the points whose tag or text field equals one of some texts.</summary>
    public InfluxStatement WhereAny(string column, ReadOnlySpan<string> values)
    {
        _text.Append(" AND (");
        for (int i = 0; i < values.Length; i++)
        {
            _text.Append(i == 0 ? "" : " OR ");
            AppendEquals(column, values[i]);
        }

        _text.Append(')');
        return this;
    }

    /// <summary>Splits by windows aligned to the epoch; those without points are left out.</summary>
    public InfluxStatement ByTime(long windowMilliseconds)
    {
        _text.Append(CultureInfo.InvariantCulture, $" GROUP BY time({windowMilliseconds}ms) fill(none)");
        return this;
    }

    /// <summary>Groups by the values of a tag.</summary>
    public InfluxStatement ByTag(string tag)
    {
        _text.Append(" GROUP BY ");
        AppendName(tag);
        return this;
    }

    /// <summary>Limits the response to its first rows.</summary>
    public InfluxStatement First(int rows)
    {
        _text.Append(CultureInfo.InvariantCulture, $" LIMIT {rows}");
        return this;
    }

    /// <summary>Gives the rows from the latest to the earliest.</summary>
    public InfluxStatement Descending()
    {
        _text.Append(" ORDER BY time DESC");
        return this;
    }

    private static InfluxStatement Begin(string measurement, params ReadOnlySpan<(string Function, string Column)> selected)
    {
        InfluxStatement statement = new();
        for (int i = 0; i < selected.Length; i++)
        {
            (string function, string column) = selected[i];
            statement._text.Append(i == 0 ? "" : ",").Append(function).Append(function.Length > 0 ? "(" : "");
            statement.AppendName(column);
            statement._text.Append(function.Length > 0 ? ")" : "");
        }

        statement._text.Append(" FROM ");
        statement.AppendName(measurement);
        return statement;
    }

    private void AppendConjunction()
    {
        _text.Append(_hasCondition ? " AND " : " WHERE ");
        _hasCondition = true;
    }

    private void AppendEquals(string column, string value)
    {
        string parameter = string.Create(CultureInfo.InvariantCulture, $"p{_parameters.Count}");
        _parameters.Add(new InfluxParameter(parameter, value));
        AppendName(column);
        _text.Append(" = $").Append(parameter);
    }

    private void AppendName(string name)
    {
        foreach (char character in name)
        {
            // All names are constants of the schema.
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
            {
                throw new ArgumentException($"'{name}' is no name of the schema.", nameof(name));
            }
        }

        _text.Append('"').Append(name).Append('"');
    }
}

/// <summary>A text that is bound to a name in a statement. It is sent beside the statement.</summary>
internal readonly record struct InfluxParameter(string Name, string Value);
