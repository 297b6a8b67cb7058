using System.Runtime.CompilerServices;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// Builds the samples of one kind, row by row: set the fields of the current row in any order, then end it. A field that is set twice has its last value.
/// A value that breaks its field's rule rejects the row when it ends; the other rows stay. Not thread safe.
/// </summary>
public sealed class KindBuilder
{
    private const byte CutNote = byte.MaxValue;

    private readonly SampleBatchBuilder _batch;
    private readonly FieldBuilder[] _fields;

    // What is wrong with the current row's values, by ordinal: a RejectReason, CutNote or 0.
    private readonly byte[] _notes;
    private int _noteCount;
    private bool _isRejected;
    private SampleTable? _table;

    internal KindBuilder(Kind kind, SampleBatchBuilder batch)
    {
        Schema = SampleSchema.Of(kind);
        _batch = batch;
        _fields = [.. Schema.Fields.Select(field => new FieldBuilder(field, kind, batch.Maps, batch.Rejected))];
        _notes = new byte[_fields.Length];
    }

    /// <summary>The kind's fields; their ordinals are what the setters take.</summary>
    public KindSchema Schema { get; }

    /// <summary>How many rows have ended, rejected ones too.</summary>
    public int Rows { get; internal set; }

    /// <summary>Sets a whole number, in the field's unit on the wire: milliseconds for a time or a duration.</summary>
    public void Set(int field, long value) => Note(_fields[field], _fields[field].Set(Rows, value));

    /// <summary>Sets a number that may have a fraction, in the field's unit on the wire.</summary>
    public void Set(int field, double value) => Note(_fields[field], _fields[field].Set(Rows, value));

    /// <summary>Sets a field that is true or false.</summary>
    public void Set(int field, bool value) => Note(_fields[field], _fields[field].Set(Rows, value));

    /// <summary>Sets a text, UTF-8. One that is longer than its field allows is cut or rejected, as the schema says.</summary>
    public void Set(int field, ReadOnlySpan<byte> text) => Note(_fields[field], _fields[field].Set(Rows, text));

    /// <summary>Sets a text, UTF-8, and cuts it to the field's limit whatever the schema says: for texts that a protocol derives.</summary>
    public void SetCut(int field, ReadOnlySpan<byte> text) => Note(_fields[field], _fields[field].Set(Rows, text, OverLimit.Cut));

    /// <summary>Sets a number in the unit that is stored: microseconds for a duration, millionths for a number.</summary>
    public void SetStored(int field, long value) => Note(_fields[field], _fields[field].SetStored(Rows, value));

    /// <summary>Sets a map of texts to texts. Of equal keys the last wins.</summary>
    public void SetMap(int field, IEnumerable<KeyValuePair<string, string>> entries) => Note(_fields[field], _fields[field].Set(Rows, entries));

    /// <summary>Rejects the current row, whatever its values are.</summary>
    public void RejectRow(RejectReason reason)
    {
        _batch.Rejected.Add(Schema.Kind, Rows, -1, reason);
        _isRejected = true;
    }

    /// <summary>Takes back what was set of the current row, which is no sample after all.</summary>
    public void DropRow()
    {
        foreach (FieldBuilder field in _fields)
        {
            field.SetMissing(Rows);
        }

        Array.Clear(_notes);
        _noteCount = 0;
    }

    /// <summary>Ends the current row and begins the next.</summary>
    public void EndRow()
    {
        if (_noteCount > 0)
        {
            FinishNotes();
        }

        _isRejected = false;
        Rows++;
    }

    /// <summary>Whether there is a batch whose samples this takes.</summary>
    internal bool IsAttached => _table is not null;

    internal FieldBuilder Field(int ordinal) => _fields[ordinal];

    /// <summary>Forgets the rows so far and begins with an empty table.</summary>
    internal void Restart()
    {
        _table = _batch.Samples.Table(Schema.Kind);
        _table.Clear();
        foreach (FieldBuilder field in _fields)
        {
            field.Attach(_table);
        }

        _batch.Rejected.Clear(Schema.Kind);
        _batch.Truncated.Clear(Schema.Kind);
        _noteCount = 0;
        Array.Clear(_notes);
        _isRejected = false;
        Rows = 0;
    }

    /// <summary>Forgets the batch, which belongs to someone else from now on.</summary>
    internal void Detach()
    {
        _table = null;
        Rows = 0;
    }

    /// <summary>Completes the table: every column is as long as there are rows.</summary>
    internal void Complete()
    {
        if (_table is not null)
        {
            _table.RowCount = Rows;
            _table.FitColumns();
        }
    }

    /// <summary>Notes the outcome of a value of the current row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Note(FieldBuilder field, ValueOutcome outcome)
    {
        if (outcome == ValueOutcome.Kept && _noteCount == 0)
        {
            return;
        }

        byte note = outcome switch
        {
            ValueOutcome.Rejected => (byte)field.Reason,
            ValueOutcome.Cut => CutNote,
            _ => 0,
        };
        ref byte old = ref _notes[field.Ordinal];
        _noteCount += (note != 0 ? 1 : 0) - (old != 0 ? 1 : 0);
        old = note;
    }

    /// <summary>Notes the outcome of a value in a column that is filled by itself.</summary>
    internal void Note(FieldBuilder field, int row, ValueOutcome outcome)
    {
        if (outcome == ValueOutcome.Rejected)
        {
            Reject(field, row, field.Reason, field.Value);
        }
        else if (outcome == ValueOutcome.Cut)
        {
            _batch.Truncated.Add(Schema.Kind, row);
        }
    }

    /// <summary>Rejects a row for a value in a column that is filled by itself.</summary>
    internal void Reject(FieldBuilder field, int row, RejectReason reason, string? value) =>
        _batch.Rejected.Add(Schema.Kind, row, field.Ordinal, reason, value);

    private void FinishNotes()
    {
        for (int ordinal = 0; ordinal < _notes.Length; ordinal++)
        {
            if (_notes[ordinal] == CutNote)
            {
                _batch.Truncated.Add(Schema.Kind, Rows);
            }
            else if (_notes[ordinal] != 0 && !_isRejected)
            {
                _batch.Rejected.Add(Schema.Kind, Rows, ordinal, (RejectReason)_notes[ordinal], _fields[ordinal].Value);
            }
        }

        Array.Clear(_notes);
        _noteCount = 0;
    }
}
