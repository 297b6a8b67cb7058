using System.Text.Unicode;
using TimeSeries.Core.Building;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// The row that an item fills. A text that is not UTF-8 costs the whole item, so a row is ended only when all its texts are good; else it is dropped. Texts are
/// cut to their field's limit.
/// </summary>
internal ref struct SampleRow(KindBuilder kind)
{
    private readonly KindBuilder _kind = kind;

    /// <summary>Whether all texts so far are UTF-8.</summary>
    public bool IsValid { get; private set; } = true;

    /// <summary>Sets a text; one that is empty is absent.</summary>
    public void Set(int field, scoped ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (Utf8.IsValid(text))
        {
            _kind.SetCut(field, text);
        }
        else
        {
            IsValid = false;
        }
    }

    /// <summary>Sets a flag.</summary>
    public readonly void Set(int field, bool value) => _kind.Set(field, value);

    /// <summary>Sets a whole number, or a time in ms.</summary>
    public readonly void Set(int field, long value) => _kind.Set(field, value);

    /// <summary>Sets a duration in µs, or a number in millionths.</summary>
    public readonly void SetStored(int field, long value) => _kind.SetStored(field, value);

    /// <summary>Ends the row, or drops it. Returns its index; −1 when it was dropped.</summary>
    public readonly int End()
    {
        if (!IsValid)
        {
            _kind.DropRow();
            return -1;
        }

        _kind.EndRow();
        return _kind.Rows - 1;
    }
}
