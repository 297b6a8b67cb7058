using System.Text.Unicode;
using TimeSeries.Core.Building;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Texts;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// Makes the agent of a resource, and puts it into its samples: the first agent of a request is that of its batch, which costs nothing a sample; samples of
/// another name it. Not thread safe.
/// </summary>
internal sealed class ResourceAgent
{
    private const int ShortContainerId = 12;
    private const int ShortUuid = 8;
    private const int MaxBytes = 1_024;

    private static readonly int _kinds = SampleSchema.All.Length;

    private readonly TextBuffer _oname = new();
    private readonly TextBuffer _okind = new();
    private readonly TextBuffer _onode = new();

    // The codes of the agent's texts in the columns of each kind, while it names its samples itself.
    private readonly AgentCodes[] _codes = new AgentCodes[_kinds];
    private bool _isBatchAgent;
    private bool? _isAdmitted;

    /// <summary>The agent's id.</summary>
    public int Oid { get; private set; }

    /// <summary>Whether its texts are valid; if not, no sample can have it.</summary>
    public bool IsValid { get; private set; }

    /// <summary>Takes the attributes of a resource. The builder gets its agent when it has none yet.</summary>
    public void Set(AttributeTable resource, ReadOnlySpan<byte> body, SampleBatchBuilder builder)
    {
        Array.Clear(_codes);
        _isAdmitted = null;
        WriteOname(resource, body);
        WriteOkind(resource, body);
        WriteOnode(resource, body);
        IsValid = Utf8.IsValid(_oname.Written) && Utf8.IsValid(_okind.Written) && Utf8.IsValid(_onode.Written);
        if (!IsValid)
        {
            return;
        }

        Cut(_oname);
        Cut(_okind);
        Cut(_onode);
        Oid = AgentIdentity.OidOf(_oname.Written);
        if (!builder.Agent.IsGiven)
        {
            builder.Agent.Set(_oname.Written, Oid, _okind.Written, _onode.Written);
        }

        _isBatchAgent = builder.Agent.Oname.SequenceEqual(_oname.Written) && builder.Agent.Okind.SequenceEqual(_okind.Written)
            && builder.Agent.Onode.SequenceEqual(_onode.Written);
    }

    /// <summary>Whether its project may have samples of it; if so, it counts as one of the project's agents from then on.</summary>
    public bool TryAdmit(DecodeState state) => _isAdmitted ??= state.Agents?.TryAdmit(state.Pcode, Oid, _oname.Written, state.Now) ?? true;

    /// <summary>Puts the agent into the current row, where the batch's is another.</summary>
    public void SetRow(KindBuilder kind)
    {
        if (_isBatchAgent)
        {
            return;
        }

        ref AgentCodes codes = ref _codes[(int)kind.Schema.Kind];
        if (!codes.AreKnown)
        {
            codes = new AgentCodes(
                true, CodeOf(kind, KindSchema.Oname, _oname), CodeOf(kind, KindSchema.Okind, _okind), CodeOf(kind, KindSchema.Onode, _onode));
        }

        kind.Field(KindSchema.Oname).SetCode(kind.Rows, codes.Oname);
        kind.Field(KindSchema.Okind).SetCode(kind.Rows, codes.Okind);
        kind.Field(KindSchema.Onode).SetCode(kind.Rows, codes.Onode);
    }

    private static int CodeOf(KindBuilder kind, int field, TextBuffer text) =>
        text.Length == 0 ? TextColumn.Missing : kind.Field(field).Texts.AddText(text.Written);

    private void WriteOname(AttributeTable resource, ReadOnlySpan<byte> body)
    {
        _oname.Clear();
        if (resource.Text(AttributeField.Oname, body) is { IsEmpty: false } own)
        {
            _oname.Add(own);
            return;
        }

        _oname.Add(ServiceOf(resource, body));
        ReadOnlySpan<byte> instance = InstanceOf(resource, body);
        if (!instance.IsEmpty)
        {
            _oname.Add((byte)'-');
            _oname.Add(instance);
        }
    }

    private void WriteOkind(AttributeTable resource, ReadOnlySpan<byte> body)
    {
        _okind.Clear();
        if (resource.Text(AttributeField.Okind, body) is { IsEmpty: false } own)
        {
            _okind.Add(own);
            return;
        }

        ReadOnlySpan<byte> space = resource.Text(AttributeField.ServiceNamespace, body);
        if (!space.IsEmpty)
        {
            _okind.Add(space);
            _okind.Add((byte)'/');
        }

        _okind.Add(ServiceOf(resource, body));
    }

    private void WriteOnode(AttributeTable resource, ReadOnlySpan<byte> body)
    {
        _onode.Clear();
        ReadOnlySpan<byte> node = resource.Text(AttributeField.Onode, body);
        node = node.IsEmpty ? resource.Text(AttributeField.HostName, body) : node;
        node = node.IsEmpty ? resource.Text(AttributeField.NodeName, body) : node;
        _onode.Add(node.IsEmpty ? First(resource.Text(AttributeField.ContainerId, body), ShortContainerId) : node);
    }

    private static ReadOnlySpan<byte> ServiceOf(AttributeTable resource, ReadOnlySpan<byte> body) =>
        resource.Text(AttributeField.ServiceName, body) is { IsEmpty: false } name ? name : "unknown_service"u8;

    // What stays the same when the process starts again comes before what is made at each start.
    private static ReadOnlySpan<byte> InstanceOf(AttributeTable resource, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> id = resource.Text(AttributeField.InstanceId, body);
        bool isUuid = UrlParts.IsUuid(id);
        if (!id.IsEmpty && !isUuid)
        {
            return id;
        }

        ReadOnlySpan<byte> name = resource.Text(AttributeField.PodName, body);
        name = name.IsEmpty ? resource.Text(AttributeField.HostName, body) : name;
        name = name.IsEmpty ? First(resource.Text(AttributeField.ContainerId, body), ShortContainerId) : name;
        return name.IsEmpty && isUuid ? id[..ShortUuid] : name;
    }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> text, int length) => text.Length <= length ? text : text[..length];

    private static void Cut(TextBuffer text) => text.Truncate(Utf8Truncation.Length(text.Written, MaxBytes));

    private readonly record struct AgentCodes(bool AreKnown, int Oname, int Okind, int Onode);
}
