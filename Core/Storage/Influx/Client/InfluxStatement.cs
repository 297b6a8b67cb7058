using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// One SELECT in the part of InfluxQL that every version reads. Identifiers come from the schema, numbers are integers of ours, and every text is bound:
/// nothing from outside is ever a part of the statement. Not thread safe.
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
    public static InfluxStatement Select(string measurement, ReadOnlySpan<string> columns)
    {
        InfluxStatement statement = new();
        for (int i = 0; i < columns.Length; i++)
        {
            statement._text.Append(i == 0 ? "" : ",");
            statement.AppendName(columns[i]);
        }

        return statement.From(measurement);
    }

    /// <summary>Begins a statement that counts the points with a value in a field.</summary>
    public static InfluxStatement Count(string measurement, string field)
    {
        InfluxStatement statement = new();
        statement._text.Append("count(");
        statement.AppendName(field);
        statement._text.Append(')');
        return statement.From(measurement);
    }

    /// <summary>Begins a statement that counts the points with a value in a field, and reads the least one.</summary>
    public static InfluxStatement CountAndLeast(string measurement, string field)
    {
        InfluxStatement statement = new();
        statement._text.Append("count(");
        statement.AppendName(field);
        statement._text.Append("),min(");
        statement.AppendName(field);
        statement._text.Append(')');
        return statement.From(measurement);
    }

    /// <summary>Begins a statement that reads the last value of a field, and what stands beside it in another.</summary>
    public static InfluxStatement Latest(string measurement, string field, string beside)
    {
        InfluxStatement statement = new();
        statement._text.Append("last(");
        statement.AppendName(field);
        statement._text.Append("),");
        statement.AppendName(beside);
        return statement.From(measurement);
    }

    /// <summary>The part of a range that InfluxDB has times for.</summary>
    public static TimeRange Clamp(TimeRange range) => range.Intersect(new TimeRange(-LastMillisecond + 1, LastMillisecond));

    /// <summary>Keeps the points in a range of times. Always the last condition but those of <see cref="WhereAny"/>.</summary>
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

    /// <summary>Answers for each value of a tag.</summary>
    public InfluxStatement ByTag(string tag)
    {
        _text.Append(" GROUP BY ");
        AppendName(tag);
        return this;
    }

    /// <summary>Cuts the answer to its first rows.</summary>
    public InfluxStatement First(int rows)
    {
        _text.Append(CultureInfo.InvariantCulture, $" LIMIT {rows}");
        return this;
    }

    /// <summary>Cuts the answer to its last row.</summary>
    public InfluxStatement Last()
    {
        _text.Append(" ORDER BY time DESC LIMIT 1");
        return this;
    }

    /// <summary>Gives the rows from the latest to the earliest.</summary>
    public InfluxStatement Descending()
    {
        _text.Append(" ORDER BY time DESC");
        return this;
    }

    private InfluxStatement From(string measurement)
    {
        _text.Append(" FROM ");
        AppendName(measurement);
        return this;
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
            // Names are ours; this says so where one is made, not where it is used.
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
            {
                throw new ArgumentException($"'{name}' is no name of the schema.", nameof(name));
            }
        }

        _text.Append('"').Append(name).Append('"');
    }
}

/// <summary>A text bound to a name in a statement: it reaches the server beside the statement and never becomes a part of it.</summary>
internal readonly record struct InfluxParameter(string Name, string Value);
