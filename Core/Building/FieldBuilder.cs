using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// Puts the values of one field into its column. Types and limits of values are checked here and nowhere else, whatever the protocol.
/// A field gets a column with its first value. Not thread safe.
/// </summary>
/// <param name="schema">The field.</param>
/// <param name="kind">Its kind.</param>
/// <param name="maps">Where entries of maps are collected.</param>
/// <param name="rejected">Says of which samples values are shown.</param>
internal sealed class FieldBuilder(Field schema, Kind kind, MapBuilder maps, RejectedSamples rejected)
{
    private readonly NumberConversion _rule = new(schema);
    private SampleTable? _table;
    private NumberColumn? _numbers;
    private TextColumn? _texts;

    public int Ordinal => schema.Ordinal;

    public string Name => schema.Name;

    public FieldType Type { get; } = schema.Type;

    public bool IsText { get; } = schema.IsText;

    /// <summary>The longest text, or key or value of a map, in bytes.</summary>
    public int MaxBytes => schema.MaxBytes;

    public ref readonly NumberConversion Rule => ref _rule;

    /// <summary>Where a map's entries are collected before <see cref="AddMap"/>.</summary>
    public MapBuilder Map => maps;

    /// <summary>Why the last value was rejected.</summary>
    public RejectReason Reason { get; private set; }

    /// <summary>The value that was rejected last, where it may be shown; else null.</summary>
    public string? Value { get; private set; }

    /// <summary>The numbers, made when there are none yet.</summary>
    public NumberColumn Numbers => _numbers ?? MakeNumbers();

    /// <summary>The texts, made when there are none yet.</summary>
    public TextColumn Texts => _texts ??= _table!.Texts(Ordinal);

    /// <summary>Takes the table to fill.</summary>
    public void Attach(SampleTable table)
    {
        _table = table;
        _numbers = null;
        _texts = null;
    }

    /// <summary>Sets a row's whole number, in the unit of the wire.</summary>
    public ValueOutcome Set(int row, long value)
    {
        RejectReason reason = _rule.AllowsNumbers ? _rule.Whole(value, out long stored) : Wrong(out stored);
        return reason == RejectReason.None ? Keep(row, stored) : Reject(reason, Shows(row) ? FoundValue.Of(value) : null);
    }

    /// <summary>Sets a row's number, in the unit of the wire.</summary>
    public ValueOutcome Set(int row, double value)
    {
        RejectReason reason = _rule.AllowsNumbers ? _rule.Fraction(value, out long stored) : Wrong(out stored);
        return reason == RejectReason.None ? Keep(row, stored) : Reject(reason, Shows(row) ? FoundValue.Of(value) : null);
    }

    /// <summary>Sets a row's truth value.</summary>
    public ValueOutcome Set(int row, bool value) => Type == FieldType.Boolean
        ? Keep(row, value ? 1 : 0)
        : Reject(RejectReason.WrongType, Shows(row) ? FoundValue.Of(value) : null);

    /// <summary>Sets a row's number as it is stored.</summary>
    public ValueOutcome SetStored(int row, long value)
    {
        if (_rule.Scale == 1)
        {
            return Set(row, value);
        }

        return value >= schema.Minimum && value <= schema.Maximum
            ? Keep(row, value)
            : Reject(value < schema.Minimum ? RejectReason.TooSmall : RejectReason.TooLarge, Shows(row) ? FoundValue.Of((double)value / _rule.Scale) : null);
    }

    /// <summary>Sets a row's text; <see cref="TextColumn.Missing"/> when it is empty and needn't be there.</summary>
    public ValueOutcome Set(int row, ReadOnlySpan<byte> text, OverLimit? overLimit = null)
    {
        ValueOutcome outcome = AddText(text, overLimit ?? schema.OverLimit, row, out int code);
        SetCode(row, code);
        return outcome;
    }

    /// <summary>Sets a row's map.</summary>
    public ValueOutcome Set(int row, IEnumerable<KeyValuePair<string, string>> entries)
    {
        if (Type != FieldType.Map)
        {
            return Reject(RejectReason.WrongType);
        }

        maps.Clear();
        RejectReason reason = RejectReason.None;
        foreach ((string key, string value) in entries)
        {
            reason = maps.Add(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), MaxBytes);
            if (reason != RejectReason.None)
            {
                return Reject(reason);
            }
        }

        SetCode(row, AddMap());
        return ValueOutcome.Kept;
    }

    /// <summary>Makes a row's value missing, where an earlier one is taken back.</summary>
    public void SetMissing(int row)
    {
        if (_numbers is not null && row < _numbers.Count)
        {
            _numbers.Set(row, NumberColumn.Missing);
        }
        else if (_texts is not null && row < _texts.Count)
        {
            _texts.SetCode(row, TextColumn.Missing);
        }
    }

    /// <summary>Sets a row's text by its code; <see cref="TextColumn.Missing"/> makes it missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetCode(int row, int code)
    {
        if (code != TextColumn.Missing)
        {
            _texts!.SetCode(row, code);
        }
        else if (_texts is not null && row < _texts.Count)
        {
            _texts.SetCode(row, code);
        }
    }

    /// <summary>
    /// Adds a text to the column's and gives its code: <see cref="TextColumn.Missing"/> when it is empty or rejected. The row is for <see cref="Shows"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueOutcome AddText(ReadOnlySpan<byte> text, int row, out int code) => AddText(text, schema.OverLimit, row, out code);

    /// <summary>Adds the map that was collected and gives its code. A map without entries says no more than none.</summary>
    public int AddMap() => maps.IsEmpty ? TextColumn.Missing : Texts.AddText(maps.Json());

    /// <summary>Whether a rejected value of a row is shown; never for a negative row.</summary>
    public bool Shows(int row) => row >= 0 && rejected.Shows(kind, row, schema);

    /// <summary>Says that a value costs its sample, and why; with what was found where that is shown.</summary>
    public ValueOutcome Reject(RejectReason reason, string? value = null)
    {
        Reason = reason;
        Value = value;
        return ValueOutcome.Rejected;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueOutcome AddText(ReadOnlySpan<byte> text, OverLimit overLimit, int row, out int code)
    {
        code = TextColumn.Missing;
        if (Type != FieldType.Text)
        {
            return Reject(RejectReason.WrongType, Shows(row) ? FoundValue.Quoted(text) : null);
        }

        if (text.Length > schema.MaxBytes)
        {
            return Shorten(text, overLimit, row, out code);
        }

        // An empty text is a value only where there has to be one.
        if (text.Length > 0 || schema.Required)
        {
            code = (_texts ?? Texts).AddText(text);
        }

        return ValueOutcome.Kept;
    }

    private ValueOutcome Shorten(ReadOnlySpan<byte> text, OverLimit overLimit, int row, out int code)
    {
        code = TextColumn.Missing;
        if (overLimit == OverLimit.Reject)
        {
            return Reject(RejectReason.TooLong, Shows(row) ? FoundValue.Of(text) : null);
        }

        // What is cut away is never seen again, so that it has to be checked here.
        if (!Utf8.IsValid(text))
        {
            return Reject(RejectReason.InvalidText);
        }

        code = Texts.AddText(text[..Utf8Truncation.Length(text, schema.MaxBytes)]);
        return ValueOutcome.Cut;
    }

    private ValueOutcome Keep(int row, long stored)
    {
        Numbers.Set(row, stored);
        return ValueOutcome.Kept;
    }

    private NumberColumn MakeNumbers() => _numbers = _table!.Numbers(Ordinal);

    private static RejectReason Wrong(out long stored)
    {
        stored = NumberColumn.Missing;
        return RejectReason.WrongType;
    }
}

/// <summary>What became of one value.</summary>
internal enum ValueOutcome : byte
{
    /// <summary>It is in its column (or is missing and may be).</summary>
    Kept,

    /// <summary>It is in its column, cut to its limit.</summary>
    Cut,

    /// <summary>It costs its sample.</summary>
    Rejected,
}

/// <summary>Cuts UTF-8 text between code points.</summary>
internal static class Utf8Truncation
{
    /// <summary>The greatest length of at most <paramref name="maxBytes"/> that ends between two code points.</summary>
    public static int Length(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length <= maxBytes)
        {
            return text.Length;
        }

        int length = maxBytes;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }
}
