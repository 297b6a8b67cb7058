using NUnit.Framework;
using TimeSeries.Core.Files;

namespace TimeSeries.Tests.Files;

public sealed class MemoryFileSystemTests
{
    [Test]
    public void It_does_what_the_disk_does([Range(1, 5)] int seed)
    {
        string directory = Directory.CreateTempSubdirectory("memory").FullName;
        try
        {
            IFileSystem[] systems = [new MemoryFileSystem(), new DiskFileSystem()];
            Random random = new(seed);
            for (int step = 0; step < 300; step++)
            {
                int kind = random.Next(9);
                string path = Path.Combine(directory, "f" + random.Next(4));
                string other = Path.Combine(directory, "f" + random.Next(4));
                int offset = random.Next(300);
                byte[] bytes = new byte[random.Next(1, 200)];
                random.NextBytes(bytes);
                string[] outcomes = [.. systems.Select(system => Apply(system, kind, path, other, offset, bytes))];
                Assert.That(outcomes[0], Is.EqualTo(outcomes[1]), $"step {step}, kind {kind}");
                Assert.That(systems[0].List(directory), Is.EqualTo(systems[1].List(directory)));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Apply(IFileSystem system, int kind, string path, string other, int offset, byte[] bytes)
    {
        if (kind == 0)
        {
            using IFile made = system.Create(path, offset);
            return Describe(made);
        }

        if (!system.Exists(path))
        {
            return Assert.Throws<FileNotFoundException>(() => system.Open(path, FileAccess.Read).Dispose())!.GetType().Name;
        }

        if (kind == 1)
        {
            system.Delete(path);
            return "deleted";
        }

        using IFile file = system.Open(path, FileAccess.ReadWrite);
        switch (kind)
        {
            case 2:
                system.Move(path, other);
                break;
            case 3:
                file.SetLength(offset);
                break;
            case 4:
                file.Append([bytes, bytes], offset);
                break;
            default:
                file.Write(bytes, offset);
                break;
        }

        file.Flush();
        return Describe(file);
    }

    private static string Describe(IFile file)
    {
        byte[] read = new byte[file.Length + 10];
        int count = file.Read(read, 0);
        return $"{file.Length} {count} {Convert.ToHexString(read)} {file.Read(read, file.Length + 5)}";
    }
}
