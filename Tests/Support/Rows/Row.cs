using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>A stored sample as a test writes it down: values as kept (µs, millionths, 0 and 1), by field; an absent one is missing.</summary>
internal sealed class Row(Kind kind, long time)
{
    public const long Project = 1_234_570_141;

    private readonly Dictionary<int, object> _values = new() { [KindSchema.Time] = time };

    public Kind Kind { get; } = kind;

    public long Time { get; } = time;

    public long Pcode { get; init; } = Project;

    public object? this[int field] => _values.GetValueOrDefault(field);

    public Row With(string field, long value)
    {
        _values[SampleSchema.Of(Kind).Ordinal(field)] = value;
        return this;
    }

    public Row With(string field, string value)
    {
        _values[SampleSchema.Of(Kind).Ordinal(field)] = value;
        return this;
    }

    /// <summary>The same sample at another time.</summary>
    public Row At(long time)
    {
        Row row = new(Kind, time) { Pcode = Pcode };
        foreach ((int field, object value) in _values.Where(pair => pair.Key != KindSchema.Time))
        {
            row._values[field] = value;
        }

        return row;
    }

    /// <summary>The agent that pushed the sample.</summary>
    public Row Of(long oid, string oname) => With("oid", oid).With("oname", oname);

    public long? Number(string field) => (long?)this[SampleSchema.Of(Kind).Ordinal(field)];

    /// <summary>Whether a measure's condition holds, by the ingest contract's words.</summary>
    public bool Meets(RowCondition condition) => condition switch
    {
        RowCondition.Every => true,
        RowCondition.Failed => Kind switch
        {
            Kind.Transaction => Number("error") == 1 || this[SampleSchema.Of(Kind).Ordinal("error_class")] is not null,
            Kind.Sql => Number("error") == 1,
            Kind.Httpc => Number("error") == 1 || Number("status") >= 400,
            _ => false,
        },
        RowCondition.StatusSuccess => Number("status") is >= 200 and < 300,
        RowCondition.StatusFailure => Number("status") >= 400,
        RowCondition.StatusNotFailure => Number("status") is null or < 400,
        _ => throw new NotSupportedException(condition.ToString()),
    };
}
