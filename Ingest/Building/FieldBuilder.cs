using System.Text.Unicode;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Building;

/// <summary>
/// Takes the values of one field off the wire and puts them into its column: the one place where types and limits of values are checked,
/// whichever the encoding and form. A field gets a column with its first value. Not thread safe.
/// </summary>
internal sealed class FieldBuilder(Field schema, MapText maps)
{
    private readonly FieldType _type = schema.Type;
    private readonly NumberConversion _rule = new(schema);
    private SampleTable? _table;
    private NumberColumn? _numbers;
    private TextColumn? _texts;

    public int Ordinal => schema.Ordinal;

    public string Name => schema.Name;

    public bool IsText => schema.IsText;

    public NumberConversion Rule => _rule;

    /// <summary>Why the last value was rejected.</summary>
    public RejectReason Reason { get; private set; }

    /// <summary>The numbers, made when there are none yet.</summary>
    public NumberColumn Numbers => _numbers ??= _table!.Numbers(Ordinal);

    /// <summary>The texts, made when there are none yet.</summary>
    public TextColumn Texts => _texts ??= _table!.Texts(Ordinal);

    /// <summary>Takes the table to fill.</summary>
    public void Attach(SampleTable table)
    {
        _table = table;
        _numbers = null;
        _texts = null;
    }

    /// <summary>Takes the column away again: no sample has the field after all.</summary>
    public void Drop()
    {
        _table!.Remove(Ordinal);
        _numbers = null;
        _texts = null;
    }

    /// <summary>Reads the next value into a row.</summary>
    public ValueOutcome Read<TReader>(ref TReader reader, int row)
        where TReader : struct, IWireReader, allows ref struct
    {
        if (_type is FieldType.Text or FieldType.Map)
        {
            ValueOutcome outcome = ReadText(ref reader, out int code);
            if (code != TextColumn.Missing)
            {
                _texts!.SetCode(row, code);
            }
            else if (_texts is not null && row < _texts.Count)
            {
                _texts.SetCode(row, code);
            }

            return outcome;
        }

        WireType type = reader.Read();
        if (type == WireType.Null)
        {
            if (_numbers is not null && row < _numbers.Count)
            {
                _numbers.Set(row, NumberColumn.Missing);
            }

            return ValueOutcome.Kept;
        }

        RejectReason reason = _rule.Convert(ref reader, type, out long kept);
        if (reason != RejectReason.None)
        {
            reader.SkipInside(type);
            return Reject(reason);
        }

        (_numbers ?? Numbers).Set(row, kept);
        return ValueOutcome.Kept;
    }

    /// <summary>Reads the next value, and gives the code of its text: <see cref="TextColumn.Missing"/> when it is null, empty or rejected.</summary>
    public ValueOutcome ReadText<TReader>(ref TReader reader, out int code)
        where TReader : struct, IWireReader, allows ref struct
    {
        WireType type = reader.Read();
        code = TextColumn.Missing;
        if (type is WireType.Text or WireType.Binary && _type == FieldType.Text)
        {
            ReadOnlySpan<byte> text = reader.Text;
            if (text.Length <= schema.MaxBytes)
            {
                // An empty text is a value only where there has to be one.
                if (text.Length > 0 || schema.Required)
                {
                    code = (_texts ?? Texts).AddText(text);
                }

                return ValueOutcome.Kept;
            }

            return Shorten(text, out code);
        }

        if (type == WireType.Null)
        {
            return ValueOutcome.Kept;
        }

        if (_type == FieldType.Map && type == WireType.Map)
        {
            return ReadMap(ref reader, out code);
        }

        reader.SkipInside(type);
        return Reject(type == WireType.MalformedText && _type == FieldType.Text ? RejectReason.InvalidText : RejectReason.WrongType);
    }

    /// <summary>Says that a value costs its sample, and why.</summary>
    public ValueOutcome Reject(RejectReason reason)
    {
        Reason = reason;
        return ValueOutcome.Rejected;
    }

    private ValueOutcome Shorten(ReadOnlySpan<byte> text, out int code)
    {
        code = TextColumn.Missing;
        if (schema.OverLimit == OverLimit.Reject)
        {
            return Reject(RejectReason.TooLong);
        }

        // What is cut away is never seen again, so that it has to be checked here.
        if (!Utf8.IsValid(text))
        {
            return Reject(RejectReason.InvalidText);
        }

        code = Texts.AddText(text[..Utf8Truncation.Length(text, schema.MaxBytes)]);
        return ValueOutcome.Cut;
    }

    private ValueOutcome ReadMap<TReader>(ref TReader reader, out int code)
        where TReader : struct, IWireReader, allows ref struct
    {
        code = TextColumn.Missing;
        RejectReason reason = maps.Read(ref reader, schema.MaxBytes);
        if (reason != RejectReason.None)
        {
            return Reject(reason);
        }

        // A map without entries says as much as none.
        if (!maps.IsEmpty)
        {
            code = Texts.AddText(maps.Json());
        }

        return ValueOutcome.Kept;
    }
}

/// <summary>What became of one value.</summary>
internal enum ValueOutcome : byte
{
    /// <summary>It stands in its column (or is missing and may be).</summary>
    Kept,

    /// <summary>It stands in its column, cut to its limit.</summary>
    Cut,

    /// <summary>It costs its sample.</summary>
    Rejected,
}
