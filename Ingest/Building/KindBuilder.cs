using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Decoding;
using TimeSeries.Ingest.Decoding.Layouts;
using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Building;

/// <summary>
/// Takes the samples of one kind, in whichever form they come, and fills the kind's table. What is wrong with a value is noted until its
/// row ends, so that a key that comes twice can take its first value's error back. Kept with its batch and used again. Not thread safe.
/// </summary>
internal sealed class KindBuilder
{
    // A row that costs next to nothing on the wire must not make every column longer: whole rows, however sparse, need less than eight
    // bytes in columns for one on the wire.
    private const int MaxColumnBytesPerByte = 12;
    private const long FreeColumnBytes = 1 << 20;

    // oid, okind and onode, which the envelope gives to rows that don't have them.
    private const int AgentColumns = 3;

    private const byte CutNote = byte.MaxValue;

    private readonly DecodedBatch _batch;
    private readonly FieldBuilder[] _columns;

    // What is wrong with the current row's values, by ordinal: a RejectReason, CutNote or 0.
    private readonly byte[] _notes;
    private int _noteCount;
    private bool _rowRejected;
    private SampleTable? _table;
    private long _maxColumnBytes;
    private long _maxRows;

    public KindBuilder(Kind kind, DecodedBatch batch)
    {
        Schema = SampleSchema.Of(kind);
        Names = FieldNames.Of(kind);
        _batch = batch;
        _columns = [.. Schema.Fields.Select(field => new FieldBuilder(field, batch.Maps))];
        _notes = new byte[_columns.Length];
        Map = new ColumnsOrTable(this);
    }

    public KindSchema Schema { get; }

    public FieldNames Names { get; }

    /// <summary>The order in which this body's maps name their fields.</summary>
    public KeyPredictor Keys { get; } = new();

    /// <summary>What reads samples that are one map.</summary>
    public ColumnsOrTable Map { get; }

    /// <summary>Entries of the dictionary being read; see <see cref="DictionaryEntries"/>.</summary>
    public DictionaryEntries Dictionary { get; } = new();

    /// <summary>Columns of the table being read; null where a value means nothing.</summary>
    public List<FieldBuilder?> TableColumns { get; } = [];

    /// <summary>How many samples there are so far, rejected ones too.</summary>
    public int Rows { get; private set; }

    /// <summary>What is wrong with the kind's samples as a whole.</summary>
    public DecodeError? Problem { get; set; }

    public FieldBuilder Column(int ordinal) => _columns[ordinal];

    /// <summary>Starts with the batch's columns, empty, forgetting what came before.</summary>
    public void Begin(int bodyBytes)
    {
        _table = _batch.Samples.Table(Schema.Kind);
        _maxColumnBytes = FreeColumnBytes + (long)MaxColumnBytesPerByte * bodyBytes;
        Keys.Clear();
        Restart();
    }

    /// <summary>Forgets the samples that were read; they are read again or replaced.</summary>
    public void Restart()
    {
        _table!.Clear();
        foreach (FieldBuilder column in _columns)
        {
            column.Attach(_table);
        }

        _batch.Rejected.Clear(Schema.Kind);
        _batch.Cut.Clear(Schema.Kind);
        _noteCount = 0;
        Array.Clear(_notes);
        _rowRejected = false;
        Rows = 0;
        Problem = null;
        SetWidth(0);
    }

    /// <summary>Completes the table: every column as long as there are rows.</summary>
    public void End()
    {
        if (_table is not null)
        {
            _table.RowCount = Rows;
            _table.PadColumns();
        }
    }

    /// <summary>Forgets the batch, which belongs to someone else from now on.</summary>
    public void Detach()
    {
        _table = null;
        Rows = 0;
        Problem = null;
    }

    /// <summary>Whether the body is long enough for as many rows and yet another one.</summary>
    public bool HasRoom => Rows < _maxRows;

    /// <summary>Says how many fields rows may have, as far as is known.</summary>
    public void SetWidth(int fields) => _maxRows = _maxColumnBytes / (sizeof(long) * (fields + AgentColumns));

    /// <summary>Refuses a body whose samples are out of all proportion to its length.</summary>
    public DecodeError OutOfProportion(long position) =>
        new("The body holds far more rows than its length can fill with samples.", position, Schema.Name);

    /// <summary>Reads a value of the current row.</summary>
    public void ReadValue<TReader>(ref TReader reader, FieldBuilder column)
        where TReader : struct, IWireReader, allows ref struct
    {
        ValueOutcome outcome = column.Read(ref reader, Rows);
        if (outcome != ValueOutcome.Kept || _noteCount > 0)
        {
            Note(column, outcome);
        }
    }

    /// <summary>Rejects the current row whatever its values are.</summary>
    public void RejectRow(RejectReason reason)
    {
        _batch.Rejected.Add(Schema.Kind, Rows, -1, reason);
        _rowRejected = true;
    }

    public void EndRow()
    {
        if (_noteCount > 0)
        {
            SettleNotes();
        }

        _rowRejected = false;
        Rows++;
    }

    /// <summary>Says how many rows the columns have that were filled one by one.</summary>
    public void SetRows(int rows) => Rows = rows;

    /// <summary>Notes what became of a value of a column that is read by itself.</summary>
    public void Finish(FieldBuilder column, int row, ValueOutcome outcome)
    {
        if (outcome == ValueOutcome.Rejected)
        {
            Reject(column, row, column.Reason);
        }
        else if (outcome == ValueOutcome.Cut)
        {
            _batch.Cut.Add(Schema.Kind, row);
        }
    }

    /// <summary>Gives a row of a column that is read by itself the text that an index means.</summary>
    public void SetCoded(FieldBuilder column, int row, long index)
    {
        ValueOutcome outcome = Dictionary.Resolve(index, out int code, out RejectReason reason);
        if (code != TextColumn.Missing)
        {
            column.Texts.SetCode(row, code);
        }

        if (outcome == ValueOutcome.Rejected)
        {
            Reject(column, row, reason);
        }
        else
        {
            Finish(column, row, outcome);
        }
    }

    public void Reject(FieldBuilder column, int row, RejectReason reason) => _batch.Rejected.Add(Schema.Kind, row, column.Ordinal, reason);

    public void AddUnknown(ReadOnlySpan<byte> name) => _batch.Unknown.Add(Schema.Name, name);

    private void Note(FieldBuilder column, ValueOutcome outcome)
    {
        byte note = outcome switch
        {
            ValueOutcome.Rejected => (byte)column.Reason,
            ValueOutcome.Cut => CutNote,
            _ => 0,
        };
        ref byte old = ref _notes[column.Ordinal];
        _noteCount += (note != 0 ? 1 : 0) - (old != 0 ? 1 : 0);
        old = note;
    }

    private void SettleNotes()
    {
        for (int ordinal = 0; ordinal < _notes.Length; ordinal++)
        {
            if (_notes[ordinal] == CutNote)
            {
                _batch.Cut.Add(Schema.Kind, Rows);
            }
            else if (_notes[ordinal] != 0 && !_rowRejected)
            {
                _batch.Rejected.Add(Schema.Kind, Rows, ordinal, (RejectReason)_notes[ordinal]);
            }
        }

        Array.Clear(_notes);
        _noteCount = 0;
    }
}
