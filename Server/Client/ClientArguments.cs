namespace TimeSeries.Server.Client;

/// <summary>Lets what the commands that call a server need stand behind their names: <c>backup http://… /backup/today --token-file=…</c>.</summary>
internal static class ClientArguments
{
    private const string AllowUserProject = "--allow-user-project";
    private const string TokenFile = "--token-file";

    /// <summary>The arguments with keys of <see cref="ClientOptions"/>; others stay as they are.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="commands">The names of the commands, each with the keys of what follows it.</param>
    public static string[] Expand(string[] args, params ReadOnlySpan<(string Command, string[] Keys)> commands)
    {
        foreach ((string command, string[] keys) in commands)
        {
            if (args is [var first, ..] && first == command)
            {
                string[] values = [.. args.Skip(1).TakeWhile(argument => !argument.StartsWith('-')).Take(keys.Length)];
                return [command, .. values.Zip(keys, (value, key) => $"{KeyOf(key)}={value}"), .. args.Skip(1 + values.Length).Select(ExpandOption)];
            }
        }

        return args;
    }

    private static string ExpandOption(string argument) =>
        argument == AllowUserProject ? $"{KeyOf(nameof(ClientOptions.AllowUserProject))}=true"
        : argument.StartsWith(TokenFile, StringComparison.Ordinal) ? KeyOf(nameof(ClientOptions.TokenFile)) + argument[TokenFile.Length..]
        : argument;

    private static string KeyOf(string name) => $"--{ClientOptions.Section}:{name}";
}
