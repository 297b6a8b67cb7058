using System.Globalization;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>The sentence for a reason, as responses show it.</summary>
internal static class RejectReasonText
{
    public static string Of(RejectReason reason, Field? field) => reason switch
    {
        RejectReason.None => "",
        RejectReason.NotASample => "must be a map, or an array in a table",
        RejectReason.WrongWidth => "must have one value for each of the table's fields",
        RejectReason.Missing => field?.Ordinal == KindSchema.Oname ? "is required where the batch names no agent" : "is required",
        RejectReason.WrongType => "must be " + TypeText(field!),
        RejectReason.TooSmall => field!.Minimum == 0 ? "must be " + TypeText(field) : $"must be at least {Wire(field, field.Minimum)}",
        RejectReason.TooLarge => $"must be at most {Wire(field!, field!.Maximum)}",
        RejectReason.TooLong when field!.Type == FieldType.Map => $"must have keys and values of at most {field.MaxBytes} bytes of UTF-8",
        RejectReason.TooLong => $"must be at most {field!.MaxBytes} bytes of UTF-8",
        RejectReason.TooManyEntries => $"must have at most {SampleSchema.MaxMapEntries} entries",
        RejectReason.InvalidText => "must be valid UTF-8 without lone surrogates",
        RejectReason.NotAllowed => "must be one of " + string.Join(", ", field!.Allowed),
        RejectReason.NotAGuid => "must be a GUID",
        RejectReason.NotMilliseconds => "must have 13 digits: milliseconds expected",
        RejectReason.Ahead => "is too far ahead of the server's clock",
        RejectReason.PastRetention => "is older than the retention of its kind",
        RejectReason.BadIndex => "has an index outside its dictionary",
        RejectReason.TooManyAgents => "is one agent more than the project may have in a day (Ingest:MaxAgents)",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    private static string TypeText(Field field) => field.Type switch
    {
        FieldType.Time => "an integer of 13 digits: milliseconds expected",
        FieldType.Integer => field.Minimum == 0 ? "an integer ≥ 0" : "an integer",
        FieldType.Boolean => "true or false",
        FieldType.Duration or FieldType.Number => "a number ≥ 0",
        FieldType.Text => "a string",
        FieldType.Map => "a map of strings to strings",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field.Type, null),
    };

    // Limits are shown in the unit of the wire.
    private static string Wire(Field field, long kept) => (field.Type switch
    {
        FieldType.Duration => kept / 1_000,
        FieldType.Number => kept / 1_000_000,
        _ => kept,
    }).ToString(CultureInfo.InvariantCulture);
}
