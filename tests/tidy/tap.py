"""Reports in TAP, one case for each rule: what is wrong follows a case as comments."""


class Report:
    def __init__(self):
        self.cases = []

    def case(self, name, findings):
        """One rule; it holds when `findings` is empty."""
        self.cases.append((name, list(findings)))

    def print(self):
        """Prints everything; returns the exit code."""
        print(f"1..{len(self.cases)}")
        for number, (name, findings) in enumerate(self.cases, 1):
            print(f"{'not ' if findings else ''}ok {number} - {name}")
            for finding in findings:
                print(f"# {finding}")
        return 1 if any(findings for _, findings in self.cases) else 0
