using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>A group of a rule: the values of the fields that it groups by; null where one is missing. Equal by its text. Immutable.</summary>
internal sealed class GroupKey : IEquatable<GroupKey>
{
    /// <summary>The annotation that names a group whose labels are cut.</summary>
    public const string Annotation = "group";

    private const int LabelBytes = 1_024;

    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ImmutableArray<string?> _labels;

    public GroupKey(ImmutableArray<string?> values)
    {
        _labels = [.. values.Select(value => value is null ? null : RuleTemplate.Cut(value, LabelBytes))];
        string whole = JsonSerializer.Serialize(values.AsEnumerable(), _plain);
        IsCut = !_labels.SequenceEqual(values);
        Text = IsCut ? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole))) : whole;
    }

    private GroupKey(ImmutableArray<string?> labels, string? hash)
    {
        _labels = labels;
        IsCut = hash is not null;
        Text = hash ?? JsonSerializer.Serialize(labels.AsEnumerable(), _plain);
    }

    /// <summary>What no other group of the rule has.</summary>
    public string Text { get; }

    /// <summary>Whether a value is longer than a label may be, so that labels alone do not tell the group.</summary>
    public bool IsCut { get; }

    /// <summary>The group that an alert's labels and annotations tell.</summary>
    public static GroupKey Of(ImmutableArray<string> by, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations) =>
        new([.. by.Select(field => labels.GetValueOrDefault(field))], annotations.GetValueOrDefault(Annotation));

    /// <summary>The group with these labels; <paramref name="text"/> tells it where they are cut, and is null where they are not.</summary>
    public static GroupKey Of(ImmutableArray<string?> labels, string? text) => new(labels, text);

    /// <summary>What a group is called in transitions: by its labels, so that one that is found and one that is read back are of one group.</summary>
    public static string NameOf(ImmutableSortedDictionary<string, string> labels, ImmutableSortedDictionary<string, string> annotations) =>
        annotations.GetValueOrDefault(Annotation) ?? JsonSerializer.Serialize(labels, _plain);

    /// <summary>The value of a field as a label, cut; null when it is missing.</summary>
    public string? Label(int part) => _labels[part];

    public bool Equals(GroupKey? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as GroupKey);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
