using System.Collections.Frozen;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>All projects of this host, by project code, by token and by access key. Tokens, keys and limits can be replaced. Thread safe.</summary>
public sealed class ProjectDirectory
{
    private readonly SelfProject? _self;
    private volatile Contents _contents;

    /// <param name="projects">The projects.</param>
    /// <param name="isQuickStart">Whether they were made because none is configured.</param>
    /// <param name="self">The project of the host's own samples; null when it does not watch itself.</param>
    public ProjectDirectory(IReadOnlyList<ProjectOptions> projects, bool isQuickStart = false, SelfProject? self = null)
    {
        IsQuickStart = isQuickStart;
        _self = self;
        _contents = new Contents(WithSelf(projects));
    }

    /// <summary>The projects in the order configured, at least one in a running host; the host's own is the last.</summary>
    public ImmutableArray<Project> All => _contents.All;

    /// <summary>The project of the host's own samples; null when it does not watch itself.</summary>
    public long? OwnPcode => _self?.Pcode;

    /// <summary>Whether no project is configured.</summary>
    public bool IsQuickStart { get; }

    public Project? Find(long pcode) => _contents.ByPcode.GetValueOrDefault(pcode);

    /// <summary>What the first token of a project gives; null when there is no such project, or it has no token.</summary>
    public AuthenticatedProject? FindFirstToken(long pcode) => _contents.ByToken.Values.FirstOrDefault(token => token.Project.Pcode == pcode);

    /// <summary>What a token gives, or null when it is unknown. Looks by hash, so the time taken says nothing of any token.</summary>
    public AuthenticatedProject? FindToken(ReadOnlySpan<char> token) => Find(TokenHash.OfToken(token));

    /// <summary>What the token of a hash gives, or null when there is none (any more).</summary>
    public AuthenticatedProject? Find(TokenHash hash) =>
        _contents.ByToken.TryGetValue(hash, out AuthenticatedProject? grant) && hash.Matches(grant.Token) ? grant : null;

    /// <summary>What the first token gives that may read, in the order configured; null when there is none.</summary>
    public AuthenticatedProject? FindFirstReader() => _contents.FirstReader;

    /// <summary>The project and the secret of an access key.</summary>
    public bool TryFindAccessKey(string id, [NotNullWhen(true)] out Project? project, [NotNullWhen(true)] out string? secret)
    {
        bool found = _contents.ByAccessKey.TryGetValue(id, out (Project Project, AccessKeyOptions Key) pair);
        project = found ? pair.Project : null;
        secret = found ? pair.Key.Secret : null;
        return found;
    }

    /// <summary>Takes other names, tokens, access keys and limits for the same projects. Requests from now on are checked by them.</summary>
    /// <returns>False, and nothing is changed, when they are not the same projects with the same apdex thresholds.</returns>
    public bool TryReplace(IReadOnlyList<ProjectOptions> projects)
    {
        Contents next = new(WithSelf(projects));
        bool isSame = next.All.Select(project => (project.Pcode, project.ApdexThreshold)).Order()
            .SequenceEqual(All.Select(project => (project.Pcode, project.ApdexThreshold)).Order());
        _contents = isSame ? next : _contents;
        return isSame;
    }

    private IReadOnlyList<ProjectOptions> WithSelf(IReadOnlyList<ProjectOptions> projects) => _self is null ? projects : [.. projects, _self.Make()];

    private sealed class Contents
    {
        public Contents(IReadOnlyList<ProjectOptions> projects)
        {
            List<KeyValuePair<TokenHash, AuthenticatedProject>> tokens = [];
            List<Project> made = [];
            foreach (ProjectOptions options in projects)
            {
                Project project = new(options.Pcode, options.Name, TimeSpan.FromMilliseconds(options.ApdexThreshold), [.. options.AccessKeys])
                {
                    Limits = options.Limits.HasAny ? options.Limits : null,
                };
                made.Add(project);
                foreach (TokenOptions token in options.Tokens)
                {
                    TokenHash hash = TokenHash.Of(token) ?? throw new ArgumentException("A token is not configured rightly.", nameof(projects));
                    Scopes scopes = token.Scopes == Scopes.None ? Scopes.Ingest | Scopes.Read : token.Scopes;
                    tokens.Add(new(hash, new AuthenticatedProject(project, scopes, hash)));
                }
            }

            All = [.. made];
            ByPcode = made.ToFrozenDictionary(project => project.Pcode);
            ByToken = tokens.ToFrozenDictionary();
            FirstReader = tokens.Select(token => token.Value).FirstOrDefault(token => token.Scopes.HasFlag(Scopes.Read));
            ByAccessKey = made.SelectMany(project => project.AccessKeys.Select(key => (Project: project, Key: key)))
                .ToFrozenDictionary(pair => pair.Key.Id, StringComparer.Ordinal);
        }

        public ImmutableArray<Project> All { get; }

        public FrozenDictionary<long, Project> ByPcode { get; }

        public FrozenDictionary<TokenHash, AuthenticatedProject> ByToken { get; }

        public FrozenDictionary<string, (Project Project, AccessKeyOptions Key)> ByAccessKey { get; }

        public AuthenticatedProject? FirstReader { get; }
    }
}

/// <summary>Registers the projects of a host.</summary>
public static class ProjectRegistration
{
    /// <summary>
    /// Adds the <see cref="ProjectDirectory"/>: of the projects configured, or of the one made when there are none. Needs file system and data directory.
    /// </summary>
    public static IServiceCollection AddProjects(this IServiceCollection services) =>
        services.AddSingleton<FirstProject>().AddSingleton(provider =>
        {
            IReadOnlyList<ProjectOptions> configured = provider.GetRequiredService<ProjectListOptions>().Projects;
            SelfProject? self = provider.GetService<SelfProject>() is { IsEnabled: true } watching ? watching : null;
            return configured.Count > 0 ? new ProjectDirectory(configured, isQuickStart: false, self)
                : new ProjectDirectory(provider.GetRequiredService<FirstProject>().Make(), isQuickStart: true, self);
        });
}

/// <summary>A project: whose samples are whose. Immutable.</summary>
/// <param name="Pcode">Project code.</param>
/// <param name="Name">Name for people.</param>
/// <param name="ApdexThreshold">T of the apdex.</param>
/// <param name="AccessKeys">Keys that sign requests, in the order configured.</param>
public sealed record Project(long Pcode, string Name, TimeSpan ApdexThreshold, ImmutableArray<AccessKeyOptions> AccessKeys)
{
    /// <summary>How much may be pushed to it; null when nothing bounds it.</summary>
    public LimitOptions? Limits { get; init; }

    // A record prints its members, and the keys hold secrets.
    public override string ToString() => $"project {Pcode}";
}

/// <summary>What a token is good for.</summary>
[Flags]
[TypeConverter(typeof(NameConverter<Scopes>))]
public enum Scopes
{
    None = 0,

    /// <summary>Pushing samples.</summary>
    Ingest = 1,

    /// <summary>Reading statistics and samples.</summary>
    Read = 2,

    /// <summary>Reading the host's own metrics from afar.</summary>
    Admin = 4,
}
