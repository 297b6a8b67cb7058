using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>A stored sample as a test writes it down: values as kept (µs, millionths, 0 and 1), by field; an absent one is missing.</summary>
internal sealed class Row
{
    public const long Project = 1_234_570_141;

    private readonly Dictionary<int, object> _values = [];

    public Row(Kind kind, long time)
        : this(SampleSchema.Of(kind)) => (_values[KindSchema.Time], Pcode) = (time, Project);

    /// <summary>A row of the project 1 whose time is set later.</summary>
    public Row(KindSchema schema) => (Schema, Pcode) = (schema, 1);

    /// <summary>A transaction with what it must have.</summary>
    public static Row Transaction(long pcode, long time, string service, long elapsed) =>
        new Row(Kind.Transaction, time) { Pcode = pcode }.With("service", service).With("elapsed", elapsed);

    public KindSchema Schema { get; }

    public Kind Kind => Schema.Kind;

    public long Time => (long)_values[KindSchema.Time];

    public long Pcode { get; init; }

    /// <summary>Whether the sample is a failure, by the ingest contract's words.</summary>
    public bool IsFailure => Kind switch
    {
        Kind.Transaction => Number("error") == 1 || Text("error_class") is not null,
        Kind.Sql => Number("error") == 1,
        Kind.Httpc => Number("error") == 1 || Number("status") >= 400,
        _ => false,
    };

    public object? this[int field] => _values.GetValueOrDefault(field);

    public long? Number(int field) => this[field] as long?;

    public long? Number(string field) => Number(Schema.Ordinal(field));

    public string? Text(int field) => this[field] as string;

    public string? Text(string field) => Text(Schema.Ordinal(field));

    /// <summary>Sets a field; null leaves it missing.</summary>
    public Row With(string field, long? value) => WithValue(field, value);

    /// <inheritdoc cref="With(string, long?)"/>
    public Row With(string field, string? value) => WithValue(field, value);

    /// <summary>The same sample at another time.</summary>
    public Row At(long time)
    {
        Row row = new Row(Schema) { Pcode = Pcode }.With("time", time);
        foreach ((int field, object value) in _values.Where(pair => pair.Key != KindSchema.Time))
        {
            row._values[field] = value;
        }

        return row;
    }

    /// <summary>The agent that pushed the sample.</summary>
    public Row Of(long oid, string oname) => With("oid", oid).With("oname", oname);

    /// <summary>Whether a measure's condition holds, by the ingest contract's words.</summary>
    public bool Meets(RowCondition condition)
    {
        long? status = Schema.Find("status") is { } field ? Number(field.Ordinal) : null;
        return condition switch
        {
            RowCondition.Every => true,
            RowCondition.Failed => IsFailure,
            RowCondition.StatusSuccess => status is >= 200 and < 300,
            RowCondition.StatusFailure => status >= 400,
            RowCondition.StatusNotFailure => status is null or < 400,
            _ => throw new NotSupportedException(condition.ToString()),
        };
    }

    /// <summary>Rows of one project and kind as a batch.</summary>
    public static ValidBatch BatchOf(IReadOnlyList<Row> rows, long firstNumber)
    {
        SampleBatch batch = new();
        SampleTable table = batch.Table(rows[0].Kind);
        table.RowCount = rows.Count;
        foreach (Field field in table.Schema.Fields)
        {
            for (int row = 0; row < rows.Count; row++)
            {
                if (rows[row][field.Ordinal] is string text)
                {
                    table.Texts(field.Ordinal).Set(row, Encoding.UTF8.GetBytes(text));
                }
                else if (rows[row][field.Ordinal] is long number)
                {
                    table.Numbers(field.Ordinal).Set(row, number);
                }
            }
        }

        table.FitColumns();
        return new ValidBatch(rows[0].Pcode, batch) { FirstNumber = firstNumber };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} of {Pcode} {{ ")
        + string.Join(", ", _values.OrderBy(pair => pair.Key)
            .Select(pair => FormattableString.Invariant($"{Schema.Fields[pair.Key].Name} = {pair.Value}"))) + " }";

    private Row WithValue(string field, object? value)
    {
        if (value is not null)
        {
            _values[Schema.Ordinal(field)] = value;
        }

        return this;
    }
}
