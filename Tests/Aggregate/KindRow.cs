using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Aggregate;

/// <summary>One sample as a person would write it: a value or null a field, so that expected answers owe nothing to columns.</summary>
internal sealed class KindRow(KindSchema schema)
{
    private readonly long?[] _numbers = new long?[schema.Fields.Length];
    private readonly string?[] _texts = new string?[schema.Fields.Length];

    public KindSchema Schema => schema;

    public long Time => _numbers[KindSchema.Time]!.Value;

    public bool IsFailure => schema.Kind switch
    {
        Kind.Transaction => Number("error") == 1 || Text("error_class") is not null,
        Kind.Sql => Number("error") == 1,
        Kind.Httpc => Number("error") == 1 || Number("status") >= 400,
        _ => false,
    };

    public long? Number(int field) => _numbers[field];

    public long? Number(string field) => _numbers[schema.Ordinal(field)];

    public string? Text(int field) => _texts[field];

    public string? Text(string field) => _texts[schema.Ordinal(field)];

    public KindRow With(string field, long? value)
    {
        _numbers[schema.Ordinal(field)] = value;
        return this;
    }

    public KindRow With(string field, string? value)
    {
        _texts[schema.Ordinal(field)] = value;
        return this;
    }

    public bool Meets(RowCondition condition)
    {
        long? status = schema.Find("status") is { } field ? Number(field.Ordinal) : null;
        return condition switch
        {
            RowCondition.Failed => IsFailure,
            RowCondition.StatusSuccess => status is >= 200 and < 300,
            RowCondition.StatusFailure => status >= 400,
            RowCondition.StatusNotFailure => status is null or < 400,
            _ => true,
        };
    }
}
